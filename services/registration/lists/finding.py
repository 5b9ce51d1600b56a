"""Where in a file the list is: which of its sheets, and which line names the columns."""

from dataclasses import replace
from itertools import islice

from services.registration.lists.addresses import ADDRESS, ADDRESS_IN
from services.registration.lists.markup import is_markup, read_markup
from services.registration.lists.separated import read_separated, split
from services.registration.lists.sheet import MOST_ABOVE, MOST_ROWS, Sheet
from services.registration.lists.spans import spans
from services.registration.lists.table import Column, Note, Row, Table, Unreadable
from services.registration.lists.titles import meanings
from services.registration.lists.workbook import is_workbook, read_workbook

# How other files begin, and what they are.
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"RIFF")
_LOOKED_AT = 40  # lines with something in them, for the names of the columns


def find_table(content: bytes) -> Table:
    """Raises Unreadable."""
    if content.startswith(_PICTURES) or content[4:12] in (b"ftypheic", b"ftypmif1", b"ftypavif"):
        raise Unreadable("This file is a picture, not a list.")
    if content.startswith(b"%PDF"):
        raise Unreadable("This file is a PDF: what is needed is the workbook or the CSV file.")
    if is_workbook(content):
        sheets = [_apart(sheet) for sheet in read_workbook(content)]
    elif is_markup(content):
        sheets = read_markup(content)
    else:
        sheets = [_apart(read_separated(content))]
    if not any(sheet.lines for sheet in sheets):
        raise Unreadable("There is nothing in this file.")
    sheet = max(sheets, key=lambda sheet: _score(sheet)[0])
    if not _score(sheet)[0] and not any(map(_has_address, sheet.lines.values())):
        raise Unreadable("There is no list of people in this file: no title of a column is known.")
    others = ", ".join(other.name for other in sheets if other is not sheet and other.lines)
    notes = [Note("Sheets that were not read: %(names)s.", {"names": others})] if others else []
    return _table(sheet, notes)


def _apart(sheet: Sheet) -> Sheet:
    """A sheet of which each line lies in one cell, as when a CSV file was opened by a program that
    did not take it apart."""
    if not sheet.lines or any(any(line[1:]) for line in sheet.lines.values()):
        return sheet
    numbers = list(sheet.lines)
    cells = [line[0].replace("\n", " ") for line in sheet.lines.values()]
    if not any(sign in cell for cell in islice(cells, 3) for sign in ";,\t"):
        return sheet
    lines, _ = split("\n".join(cells))
    apart = dict(zip(numbers, lines.values(), strict=False))
    return replace(sheet, lines=apart)


def _has_address(line: list[str]) -> bool:
    return any(ADDRESS_IN.search(cell) for cell in line)


def _score(sheet: Sheet) -> tuple[int, int]:
    """How well the best line of the first ones names columns, and its number; 0 where there is
    none, for a list that begins with a person."""
    best = 0, 0
    for number, line in islice(sheet.lines.items(), _LOOKED_AT):
        if any(ADDRESS.fullmatch(cell) for cell in line):
            break  # from here on there are people
        fields = {found[0].field for cell in line if (found := meanings(cell))}
        score = 10 * len(fields) + (bool(fields) and sum(map(bool, line)) > 1)
        if score > best[0]:
            best = score, number
    return best


def _table(sheet: Sheet, notes: list[Note]) -> Table:
    _, heading = _score(sheet)
    above = [number for number in sheet.lines if number < heading]
    titles = sheet.lines.get(heading, [])
    below = {n: line for n, line in sheet.lines.items() if n > heading and line != titles}
    if len(above) > MOST_ABOVE or not below:
        raise Unreadable("There is no row below the names of the columns.")
    if len(below) + sheet.beyond > MOST_ROWS:
        count = len(below) + sheet.beyond
        raise Unreadable(
            "A file may have at most %(most)s rows, and this one has %(count)s.",
            most=MOST_ROWS,
            count=count,
        )
    titles = _under_groups(titles, sheet.lines.get(heading - 1, []))
    width = max(len(titles), *(len(line) for line in below.values()))
    if above:
        left = {"rows": spans(above)}
        notes.append(Note("Rows above the names of the columns were left out: %(rows)s.", left))
    return Table(
        tuple(Column(place, title) for place, title in enumerate(_filled(titles, width))),
        tuple(Row(number, tuple(_padded(line, width))) for number, line in below.items()),
        (*sheet.notes, *notes),
        sheet.name,
        sheet.encoding,
        sheet.otherwise,
    )


def _under_groups(titles: list[str], groups: list[str]) -> list[str]:
    """Titles that are there twice, told apart by the ones above them: the payer's, and the name of
    the participant."""
    if sum(map(bool, groups)) < 2:
        return titles
    found, group = [], ""
    for place, title in enumerate(titles):
        group = (groups[place] if place < len(groups) else "") or group
        found.append(f"{group} {title}" if title and titles.count(title) > 1 else title)
    return found


def _filled(titles: list[str], width: int) -> list[str]:
    return [" ".join(title.split()) for title in _padded(titles, width)]


def _padded(line: list[str], width: int) -> list[str]:
    return line + [""] * (width - len(line))
