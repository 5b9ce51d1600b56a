"""The process that reads a spreadsheet, CSV or Excel: it limits itself, then reads what it gets.

A workbook is an archive of XML: what it unpacks to, and what that costs, is its author's choice.
Standard input has the file, behind a line of JSON that says what columns may be called; standard
output gets the rows, or why there are none, as JSON.
"""

import csv
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from shared.words.folding import folded

LARGEST_UNPACKED = 20 * 1024 * 1024  # bytes: an Excel file is a compressed archive
MOST_ROWS = 5000
MOST_COLUMNS = 50
MEMORY = 256 * 1024 * 1024  # bytes of addresses
SECONDS = 10  # of the processor

TOO_MUCH = "This file is too much to read: leave only the rows of people in it."

_GUARD = re.compile(r"((?:^|[;,|\t\r\n])\s*)'(?=[=+\-@＝＋－＠])")

Row = dict[str, str]


class Unreadable(Exception):
    """The message is an English msgid over `parameters`."""

    def __init__(self, message: str, **parameters: object) -> None:
        super().__init__(message % parameters)
        self.message = message
        self.parameters = parameters


def main() -> None:
    """Once: a process that has read a hostile file reads no other."""
    _confine()
    columns = json.loads(sys.stdin.buffer.readline())
    try:
        answer: dict[str, object] = {"rows": read_rows(sys.stdin.buffer.read(), columns)}
    except Unreadable as error:
        answer = {"unreadable": error.message, "parameters": error.parameters}
    except MemoryError:
        answer = {"unreadable": TOO_MUCH, "parameters": {}}
    json.dump(answer, sys.stdout)


def _confine() -> None:
    """For the rest of this process's life."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if sys.platform == "linux":  # macOS refuses this limit; there, the clocks are the fence
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def read_rows(content: bytes, columns: Mapping[str, Iterable[str]]) -> dict[int, Row]:
    """As `spreadsheet.read_rows`."""
    lines = _excel(content) if content.startswith(b"PK") else _csv(content)
    try:
        named = _named(next(lines, []), columns)
        rows = {
            number: {name: line[at] if at < len(line) else "" for name, at in named.items()}
            for number, line in enumerate(islice(lines, MOST_ROWS + 1), start=2)
            if any(line)
        }
    except csv.Error:
        raise _neither() from None
    if len(rows) > MOST_ROWS:
        raise Unreadable("A file may have at most %(most)s rows.", most=MOST_ROWS)
    if not rows:
        raise Unreadable("There is no row below the names of the columns.")
    return rows


def _neither() -> Unreadable:
    return Unreadable("This file is neither an Excel workbook nor comma-separated values.")


def _named(heading: list[str], columns: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """At which place each wanted column is."""
    places = {_bare(title): place for place, title in reversed(list(enumerate(heading)))}
    return {
        name: places[_bare(title)]
        for name, titles in columns.items()
        for title in titles
        if _bare(title) in places
    }


def _bare(title: str) -> str:
    return "".join(sign for sign in folded(title) if sign.isalnum())


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        yield [_harmless_again(cell) for cell in line[:MOST_COLUMNS]]


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what Excel writes as CSV
    if "\0" in text:
        raise _neither()
    return text


def _excel(content: bytes) -> Iterator[list[str]]:
    try:
        _refuse_bombs(content)
        from openpyxl import load_workbook

        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        lines = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS, max_row=MOST_ROWS + 2)
        yield from ([_harmless_again(_text(cell)) for cell in line] for line in lines)
    except (Unreadable, MemoryError):
        raise
    except Exception:  # noqa: BLE001  whatever is wrong inside a workbook, it cannot be read
        raise _neither() from None


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
            raise Unreadable(TOO_MUCH)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _harmless_again(cell: str) -> str:
    """Without the apostrophe that an export puts before what could run as a formula."""
    return _GUARD.sub(r"\1", cell.strip())


if __name__ == "__main__":
    main()
