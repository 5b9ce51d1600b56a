"""The canonical form that a Data Integrity proof signs: RDFC-1.0 of a JSON-LD document.

A JSON-LD processor takes as long for one credential as a certificate takes to make, and many
megabytes in each worker. So it is asked once for each *structure*: with tokens in place of the
texts, whose statements are then filled for each person, and sorted. That is exact where there is at
most one blank node, whose canonical name needs no comparing; a document with more goes through the
processor whole. The structures that we write are kept in `contexts/forms.json`; a test compares
them with the processor's. Texts hold no control characters: `credential` takes them out.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
FORMS = Path(__file__).parent / "contexts" / "forms.json"
# Words of the vocabulary, not of a person: they choose the statements, so they are the structure.
_WORDS = frozenset(
    ("@context", "type", "identityType", "achievementType", "cryptosuite", "proofPurpose")
)
_ADDRESS = re.compile(r"(?:https?|did|urn):")
_TOKEN = re.compile(r'(["<])(?:urn:)?emarge-token:(\d+)([">])')
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True)
class _Form:
    """The statements of a structure, each split at its tokens: text, then a token and the text
    after it. `whole`: they cannot be filled, since blank nodes have to be compared."""

    statements: tuple[tuple[str | int, ...], ...]
    whole: bool


def canonical(document: Mapping[str, Any]) -> str:
    """N-Quads, sorted, each with its line end."""
    structure, texts = opened(document)
    form = _form(structure)
    if form.whole:
        from services.certificates.badges.processor import processed

        return processed(document)
    return "".join(sorted({"".join(_filled(parts, texts)) for parts in form.statements}))


def opened(document: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The structure of a document, as JSON with tokens, and the texts that they stand for."""
    texts: list[str] = []
    return json.dumps(_opened(document, texts)), texts


def _opened(value: Any, texts: list[str], key: str = "") -> Any:
    """The same with a token in place of each text, which goes to `texts`."""
    if isinstance(value, Mapping):
        return {name: _opened(item, texts, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_opened(item, texts, key) for item in value]
    if not isinstance(value, str) or key in _WORDS:
        return value
    texts.append(value)
    token = f"emarge-token:{len(texts) - 1}"
    return f"urn:{token}" if _ADDRESS.match(value) else token


@lru_cache(maxsize=32)
def _form(structure: str) -> _Form:
    statements = _kept().get(structure)
    if statements is None:
        from services.certificates.badges.processor import processed  # one that nobody foresaw

        statements = processed(json.loads(structure))
    lines = statements.splitlines(keepends=True)
    blank = set(re.findall(r"_:c14n\d+", statements))
    return _Form(tuple(tuple(_parts(line)) for line in lines), whole=len(blank) > 1)


@lru_cache
def _kept() -> dict[str, str]:
    """Statements by the structure that they are of."""
    kept: dict[str, str] = json.loads(FORMS.read_text())
    return kept


def _parts(line: str) -> Iterator[str | int]:
    end = 0
    for found in _TOKEN.finditer(line):
        yield line[end : found.start() + 1]
        yield int(found[2])
        end = found.end() - 1
    yield line[end:]


def _filled(parts: Iterable[str | int], texts: list[str]) -> Iterator[str]:
    for part in parts:
        yield part if isinstance(part, str) else texts[part].translate(_ESCAPES)
