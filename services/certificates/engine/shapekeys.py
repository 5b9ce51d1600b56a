"""Which shape a person's document has: structure, values that decide the layout, line breaks."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from services.certificates.engine.compositor.refusals import Place
from services.certificates.engine.compositor.tokens import Path, place_of
from services.certificates.engine.paragraph import Paragraph
from services.certificates.engine.phrases import WORDING

_CLOSED = frozenset[Place](WORDING)
# Open strings by their path alone, all others by path and text.
Key = tuple[Path | tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A person's strings, divided into those left open and those that are part of the shape."""

    key: Key
    variable: tuple[Path, ...]
    texts: tuple[str, ...]
    length: str = ""  # the size of the name, which is part of the key

    @property
    def name(self) -> str:
        """The key's short name, the same in every process."""
        return key_name(self.key)


def split(
    strings: Iterable[tuple[Path, str]], concrete: frozenset[Place], length: str = ""
) -> Split:
    """`concrete` places are read by the template.

    An empty string is part of the shape: templates ask whether there is one.
    """
    closed = _CLOSED | concrete
    key: list[Path | tuple[Path, str]] = []
    variable: list[Path] = []
    texts: list[str] = []
    for path, text in strings:
        if text and place_of(path) not in closed:
            key.append(path)
            variable.append(path)
            texts.append(text)
        else:
            key.append((path, text))
    return Split(tuple(key), tuple(variable), tuple(texts), length)


def shape_name(split: Split, paragraphs: Mapping[int, Paragraph]) -> str:
    """The shape's name: the split's, and how the lines of its paragraphs break."""
    if not paragraphs:
        return split.name
    return _digest([split.name, *([key, paragraphs[key].layout] for key in sorted(paragraphs))])


@lru_cache(maxsize=128)
def key_name(key: Key) -> str:
    """The key as it is stored."""
    return _digest(key)


def _digest(key: object) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]
