"""The sheets of a workbook, of Excel or LibreOffice: what somebody who opens it would see."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from services.registration.lists.marks import Marks, marks_of
from services.registration.lists.sheet import (
    LARGEST_UNPACKED,
    MOST_COLUMNS,
    NEITHER,
    TOO_MUCH,
    Sheet,
    cleaned,
    kept,
)
from services.registration.lists.spans import spans
from services.registration.lists.table import Note, Unreadable

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(content: bytes) -> bool:
    return content.startswith((_ZIP, _OLE))


def read_workbook(content: bytes) -> list[Sheet]:
    """The sheets that are not hidden, in their order. Raises Unreadable."""
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise _locked()
    try:
        if content.startswith(_ZIP):
            _refuse_bombs(content)
        return _read(content)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  whatever is wrong inside a workbook, it cannot be read
        if type(error).__name__ == "PasswordError":
            raise _locked() from None
        raise Unreadable(NEITHER) from None


def _locked() -> Unreadable:
    return Unreadable("This workbook is protected by a password: save it without one.")


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
            raise Unreadable(TOO_MUCH)


def _read(content: bytes) -> list[Sheet]:
    # Only in the child: a library in another language, for the files of strangers.
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    marks = marks_of(content)
    known = [s for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    seen = [sheet.name for sheet in known if sheet.visible == SheetVisibleEnum.Visible]
    unseen = ", ".join(sheet.name for sheet in known if sheet.name not in seen)
    notes = []
    if unseen:
        notes.append(Note("Hidden sheets were left out: %(names)s.", {"names": unseen}))
    if not marks:
        notes.append(Note("Hidden rows, if there are any, were read: save the file as xlsx.", {}))
    return [
        _sheet(workbook.get_sheet_by_name(name), marks.get(name, Marks()), tuple(notes))
        for name in seen
    ]


def _sheet(sheet: Any, marks: Marks, notes: tuple[Note, ...]) -> Sheet:
    lines, beyond = kept(_lines(sheet, marks))
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        _fill(lines, top + 1, bottom + 1, left)
    # Rows that are hidden and empty are nobody's.
    hidden = [row for row in sorted(marks.hidden) if row <= sheet.total_height]
    if hidden:
        left_out = {"rows": spans(hidden)}
        notes += (Note("Hidden rows were left out, as by a filter: %(rows)s.", left_out),)
    return Sheet(lines, beyond, sheet.name, notes)


def _lines(sheet: Any, marks: Marks) -> Iterator[tuple[int, list[str]]]:
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number in marks.hidden:
            continue
        line = before + [cleaned(_text(cell)) for cell in cells[:MOST_COLUMNS]]
        for place, cell in enumerate(line):
            if (number, place) in marks.errors:
                line[place] = marks.errors[number, place]
            elif digits := marks.digits.get((number, place)):
                line[place] = cell.zfill(digits) if cell.isdecimal() else cell
        yield number, line


def _fill(lines: dict[int, list[str]], top: int, bottom: int, place: int) -> None:
    """Cells that were merged over several rows say the same for each of them."""
    if bottom == top or top not in lines or place >= len(lines[top]):
        return
    for number in range(top + 1, min(bottom, top + len(lines)) + 1):
        if number in lines and place < len(lines[number]):
            lines[number][place] = lines[number][place] or lines[top][place]


def _text(cell: object) -> str:
    """As a person sees it, but for dates, which read the same everywhere."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "minutes")
    return "" if cell is None else str(cell)
