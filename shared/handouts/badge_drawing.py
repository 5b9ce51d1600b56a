"""The badge, drawn."""

from collections.abc import Iterator
from itertools import islice

from shared.handouts.badge_words import Badge
from shared.handouts.helvetica import broken, width
from shared.handouts.qr import qr_rows
from shared.handouts.sheet import MM, Sheet, colour

INK, SOFT, PALE = colour("#241f1b"), colour("#655b52"), colour("#cfe3e1")
HEAD, RED, WHITE = colour("#0e5158"), colour("#cf4a34"), colour("#fffdf9")
MARGIN = 8 * MM
NAME_SIZES = (30.0, 26.0, 22.0, 19.0, 17.0, 15.0)  # points, for a name on one line
SMALL_NAME = ((15.0, 3), (11.0, 4), (8.0, 6), (5.5, 10))  # (points, lines) for longer ones
QR = 39 * MM
DAY_SIZES = ((8.5, 2), (7.5, 2), (7.5, 1), (6, 1), (4.8, 1))  # (points, lines of a title)


def drawn(badge: Badge) -> bytes:
    sheet = Sheet(105 * MM, 148 * MM)
    room = sheet.width - 2 * MARGIN
    sheet.rectangle(0, 0, sheet.width, 35 * MM, HEAD)
    sheet.rectangle(0, 35 * MM, sheet.width, 1.2 * MM, RED)
    sheet.line(badge.date, MARGIN, 10.5 * MM, 8.5, PALE, bold=False)
    for number, line in enumerate(islice(broken(badge.title, 12.5, room, bold=True), 3)):
        sheet.line(line, MARGIN, (17.5 + 5.5 * number) * MM, 12.5, WHITE, bold=True)
    _person(sheet, badge, room)
    sheet.squares(qr_rows(badge.code), (sheet.width - QR) / 2, 75 * MM, QR)
    sheet.centred(badge.code, 118 * MM, 12, INK, bold=True)
    _day(sheet, badge, room)
    return sheet.pdf(badge.name, badge.language)


def _person(sheet: Sheet, badge: Badge, room: float) -> None:
    """The name as large as it can be, in the middle of its space."""
    size, lines = _name_lines(badge.name, room)
    step = size * 1.15
    rest = list(islice(broken(badge.organisation, 11, room, bold=False), 2))
    height = step * len(lines) + (1.5 * MM + 13 * len(rest) if badge.organisation else 0)
    y = (36 + 73) / 2 * MM - height / 2 + size * 0.8
    for line in lines:
        sheet.centred(line, y, size, INK, bold=True)
        y += step
    y += 1.5 * MM + 11 - size * 0.8
    for line in rest:
        sheet.centred(line, y, 11, SOFT, bold=False)
        y += 13


def _name_lines(name: str, room: float) -> tuple[float, list[str]]:
    for size in NAME_SIZES:
        if width(name, size, bold=True) <= room:
            return size, [name]
    for size, most in SMALL_NAME:
        lines = list(broken(name, size, room, bold=True))
        if len(lines) <= most:
            return size, lines
    return SMALL_NAME[-1][0], lines[: SMALL_NAME[-1][1]]


def _day(sheet: Sheet, badge: Badge, room: float) -> None:
    """The sessions and the place, as large as all of them can be."""
    y, bottom = 125.5 * MM, sheet.height - 3.5 * MM
    for size, most in DAY_SIZES:
        lines = list(_day_lines(badge, size, most, room))
        if y + sum(step for *_, step in lines[:-1]) <= bottom:
            break
    for line, bold, step in lines:
        sheet.centred(line, y, size, INK if bold else SOFT, bold=bold)
        y += step


def _day_lines(
    badge: Badge, size: float, most: int, room: float
) -> Iterator[tuple[str, bool, float]]:
    """Each line, whether it is bold, and the points to the next one; `most` are those of a title or
    of a place."""
    for title, where in badge.sessions:
        for line in broken(title, size, room, bold=True)[:most]:
            yield line, True, size * 1.28
        *lines, last = broken(where, size, room, bold=False)[:most]
        for line in lines:
            yield line, False, size * 1.28
        yield last, False, size * 1.5
    for line in broken(badge.place, size, room, bold=False)[:most]:
        yield line, False, size * 1.28
