"""Writing a list for the program that will open it: a French Excel parts cells by semicolons.

A cell is text, a number or a moment on the clocks of the place, without a zone. What could run as
a formula becomes text; `sheet.cleaned` takes that away again when such a file is read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from shared.words.cells import harmless
from shared.words.language import Language

Cell = str | int | datetime

IN_MEMORY = 2 * 1024 * 1024  # bytes of a workbook
_ROWS_A_CHUNK = 500
_LONGEST_TITLE = 31  # letters, of a sheet
_MOMENT = "yyyy-mm-dd hh:mm"

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Heading:
    """A column: its name for programs, what people call it (an English msgid), its width in
    letters."""

    name: str
    called: str
    width: int = 14


def titles(headings: Iterable[Heading], language: Language | None) -> list[str]:
    """As the reader says; as programs do without one."""
    if language is None:
        return [heading.name for heading in headings]
    return [language.pgettext("spreadsheet", heading.called) for heading in headings]


def csv_chunks(
    headings: Sequence[Heading], rows: Iterable[Sequence[Cell]], language: Language | None = None
) -> Iterator[bytes]:
    """The file in pieces; it begins with a byte order mark, without which Excel guesses wrong."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if language and language.code == "fr" else ",")
    buffer.write("\ufeff")
    writer.writerow(titles(headings, language))
    for number, row in enumerate(rows, start=1):
        writer.writerow([_written(cell) for cell in row])
        if number % _ROWS_A_CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def xlsx_file(
    title: str,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Cell]],
    language: Language | None = None,
) -> IO[bytes]:
    """The workbook, at its beginning; on disk when it is large."""
    # Only now: it is 5 MB in a process that most of the time exports nothing.
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title[:_LONGEST_TITLE])
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = heading.width
    sheet.append([_bold(sheet, said) for said in titles(headings, language)])
    lines = 1
    for row in rows:
        sheet.append([_typed(sheet, cell) for cell in row])
        lines += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{lines}"
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  whoever sends it closes it
    workbook.save(file)
    file.seek(0)
    return file


def _written(cell: Cell) -> str | int:
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return harmless(cell) if isinstance(cell, str) else cell


def _typed(sheet: Any, cell: Cell) -> Any:
    """Text stays text, also where a spreadsheet would see an error or a formula."""
    if isinstance(cell, datetime):
        return _cell(sheet, cell, number_format=_MOMENT)
    if not isinstance(cell, str):
        return cell
    text = _NO_XML.sub("", harmless(cell))
    return _cell(sheet, text, data_type="s") if text.startswith("#") else text


def _bold(sheet: Any, text: str) -> Any:
    from openpyxl.styles import Font

    return _cell(sheet, text, font=Font(bold=True))


def _cell(sheet: Any, value: Cell, **looks: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value)
    for name, look in looks.items():
        setattr(cell, name, look)
    return cell


def _taken(buffer: io.StringIO) -> bytes:
    chunk = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return chunk
