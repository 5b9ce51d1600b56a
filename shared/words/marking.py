"""Words that are marked for translation in a service's code and templates, and its catalogues."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

METHODS = [
    ("**/static/**", "ignore"),  # other people’s
    ("**/start.txt", "ignore"),  # in the syntax of organisers: tests/notifications
    ("**.py", "python"),
    ("**.html", "jinja2"),
    ("**.txt", "jinja2"),
]
_TRIMMED = {"trimmed": "true", "silent": "false"}
OPTIONS = {"**.html": _TRIMMED, "**.txt": _TRIMMED}
FRENCH = """\
# Before ; : ! ? stands a narrow no-break space (U+202F), and the apostrophe is ’.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""

Key = tuple[str | None, str]  # context and singular: what a catalogue knows a message by


@dataclass(frozen=True)
class Marked:
    """A message, with its plural if it has one; `where` is the file, from the folder."""

    message: str | tuple[str, ...]
    context: str | None
    where: str

    @property
    def key(self) -> Key:
        return self.context, _singular(self.message)


def marked(folder: Path) -> list[Marked]:
    """All that is marked in a folder, as often as it is."""
    found = extract_from_dir(folder, METHODS, OPTIONS)
    return [Marked(message, context, where) for where, _, message, _, context in found]


def known(catalogue: Path) -> set[Key]:
    """What it has, translated or not."""
    return {(message.context, _singular(message.id)) for message in _read(catalogue) if message.id}


def untranslated(catalogue: Path) -> list[str]:
    """Its messages that say nothing yet."""
    return [
        _singular(message.id)
        for message in _read(catalogue)
        if message.id
        and not all([message.string] if isinstance(message.string, str) else message.string or [""])
    ]


def add(catalogue: Path, words: Iterable[Marked]) -> int:
    """Adds them, without a translation, to a catalogue, or to a new one in French. What it has
    stays as it is written. Returns how many."""
    new = Catalog(locale=catalogue.parents[1].name)
    for word in words:
        new.add(word.message, context=word.context)
    if len(new):
        entries = BytesIO()
        write_po(entries, new, width=0, omit_header=True)
        written = catalogue.read_text("utf-8") if catalogue.exists() else FRENCH
        catalogue.parent.mkdir(parents=True, exist_ok=True)
        catalogue.write_text(f"{written.rstrip()}\n\n{entries.getvalue().decode().strip()}\n")
    return len(new)


def _read(catalogue: Path) -> Catalog:
    with catalogue.open("rb") as file:
        return read_po(file)


def _singular(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]
