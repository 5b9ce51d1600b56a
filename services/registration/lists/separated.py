"""A text file of values with a separator between two, whichever it is."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from services.registration.lists.decoding import decode
from services.registration.lists.sheet import MOST_COLUMNS, NEITHER, Sheet, cleaned, kept
from services.registration.lists.table import Unreadable
from services.registration.lists.titles import meanings

_SEPARATORS = ",;\t|"
_DECLARED = re.compile(r'\A"?sep=(.)"?[ ;,\t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_LOOKED_AT = 60  # records, to find the separator


def read_separated(content: bytes) -> Sheet:
    """Raises Unreadable."""
    decoded = decode(content)
    text = decoded.text.lstrip("\ufeff").rstrip("\x1a")
    separator, first = "", 1
    if declared := _DECLARED.match(text):
        separator, text, first = declared[1], text[declared.end() :], 2
    lines, beyond = split(text, separator, first)
    return Sheet(lines, beyond, encoding=decoded.encoding, otherwise=decoded.otherwise)


def split(text: str, separator: str = "", first: int = 1) -> tuple[dict[int, list[str]], int]:
    """The lines that are kept, by their number, and how many are not; `first` is the number of the
    first. Raises Unreadable."""
    separator = separator or max(_SEPARATORS, key=lambda sign: _fitness(text, sign))
    try:
        return kept(_cells(text, separator, first))
    except csv.Error:
        raise Unreadable(NEITHER) from None


def _cells(text: str, separator: str, first: int) -> Iterator[tuple[int, list[str]]]:
    width = 0
    for number, record in enumerate(_records(text, separator), first):
        if width > 2 and any(_swallowed(cell, separator, width) for cell in record):
            raise Unreadable("A quotation mark in row %(row)s is never closed.", row=number)
        width = max(width, len(record))
        yield number, [cleaned(cell) for cell in record[:MOST_COLUMNS]]


def _swallowed(cell: str, separator: str, width: int) -> bool:
    """Whether other rows lie in a cell: a quotation mark was opened and not closed."""
    if "\n" not in cell and "\r" not in cell:
        return False
    return any(line.count(separator) >= width - 1 for line in cell.splitlines()[1:])


def _records(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _fitness(text: str, separator: str) -> tuple[int, float]:
    """How many columns have a title that is known, then how many rows have as many cells."""
    try:
        records = [line for line in islice(_records(text, separator), _LOOKED_AT) if any(line)]
    except csv.Error:
        return 0, 0.0
    told = [(sum(bool(meanings(cell)) for cell in line), len(line)) for line in records]
    known, columns = max(told, default=(0, 0))
    widths = Counter(len(line) for line in records if len(line) > 1)
    if not widths or (known and columns == 1):
        return known, 0.0
    width, rows = widths.most_common(1)[0]
    return known, rows / len(records) + width / 1000
