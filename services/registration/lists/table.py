"""A list as it was found in a file: named columns, rows by their number, and what was left out."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Self

from shared.words.folding import folded

_WORD = re.compile(r"[^\W_]+")


class Unreadable(Exception):
    """The file as a whole cannot be used. The message is an English msgid over `parameters`."""

    def __init__(self, message: str, **parameters: object) -> None:
        super().__init__(message % parameters)
        self.message = message
        self.parameters = parameters


@dataclass(frozen=True)
class Column:
    """At a place, counted from 0, with the words above it on one line, which may be none."""

    place: int
    title: str

    @property
    def letter(self) -> str:
        """As spreadsheet programs call it: A for the first."""
        letters, left = "", self.place + 1
        while left:
            left, digit = divmod(left - 1, 26)
            letters = chr(ord("A") + digit) + letters
        return letters


@dataclass(frozen=True)
class Row:
    """By its number in the file, the first line being 1; a cell for each column, "" for none."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """What an organiser should know of how a file was read: an English msgid and what it names."""

    message: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """`sheet` is the name of the one that was read, "" in a file that has none. `encoding` is what
    the letters of a text file were taken to be written in; `otherwise` another that they may as
    well be, "" when there is no doubt."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    sheet: str = ""
    encoding: str = ""
    otherwise: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether what its letters were written in is known: a workbook, UTF-8 or UTF-16."""
        return not self.encoding or self.encoding.startswith("utf")

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        said = json.loads(text)
        return cls(
            tuple(Column(**column) for column in said.pop("columns")),
            tuple(Row(row["number"], tuple(row["cells"])) for row in said.pop("rows")),
            tuple(Note(**note) for note in said.pop("notes")),
            **said,
        )


def shape_of(table: Table) -> str:
    """What files of one kind have in common: a fingerprint of their headings in order, whatever
    their case, accents and punctuation. "" without headings: nothing tells such files apart."""
    titles = [bare(column.title) for column in table.columns]
    return hashlib.sha256(json.dumps(titles).encode()).hexdigest()[:32] if any(titles) else ""


def words_of(text: str) -> list[str]:
    """Its letters and digits, word by word, without case and accents."""
    return _WORD.findall(folded(text))


def bare(title: str) -> str:
    """Letters and digits alone, without case and accents: what makes two titles the same."""
    return "".join(sign for sign in folded(title) if sign.isalnum())
