"""A sheet of cells as a file has it, before anybody knows what it says."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from services.registration.lists.table import Note

MOST_ROWS = 5000
MOST_ABOVE = 100  # lines above the people: titles, explanations, the names of the columns
MOST_COLUMNS = 200
MOST_LETTERS = 2000  # of a cell; what is longer is no name, and no choice
LARGEST_UNPACKED = 20 * 1024 * 1024  # bytes: a workbook is a compressed archive

TOO_MUCH = "This file is too much to read: leave only the rows of people in it."
NEITHER = "This file is neither an Excel or LibreOffice workbook nor comma-separated values."

# What an export puts before a cell that could run as a formula.
_GUARD = re.compile(r"((?:^|[;,|\t\r\n])\s*)'(?=[=+\-@＝＋－＠])")
_BREAK = re.compile(r"\r\n?|\v|\x85|\u2028|\u2029|_x000[dD]_\n?")
# Not to be seen, and nothing that a name is written with: what comes along when text is copied.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\0]")


@dataclass(frozen=True)
class Sheet:
    """Lines of text by their number in the file, without empty ones and those past what is read,
    of which there are `beyond`; `name` is "" where there are no sheets."""

    lines: dict[int, list[str]]
    beyond: int = 0
    name: str = ""
    notes: tuple[Note, ...] = ()
    encoding: str = ""
    otherwise: str = ""


def kept(lines: Iterable[tuple[int, list[str]]]) -> tuple[dict[int, list[str]], int]:
    """The lines that have something in them, as many as are read; and how many come after."""
    filled = ((number, line) for number, line in lines if any(line))
    return dict(islice(filled, MOST_ROWS + MOST_ABOVE)), sum(1 for _ in filled)


def cleaned(cell: str) -> str:
    """The same words, on lines that end in one way, without what nobody sees."""
    text = _BREAK.sub("\n", cell[:MOST_LETTERS])
    if not text.isascii():
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    return _GUARD.sub(r"\1", text.strip())
