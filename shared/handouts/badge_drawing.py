"""The badge, drawn."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from shared.handouts.badge_words import Badge
from shared.handouts.helvetica import broken, width
from shared.handouts.qr import qr_rows
from shared.handouts.sheet import MM, Sheet, colour, page

INK, SOFT, PALE = colour("#241f1b"), colour("#655b52"), colour("#cfe3e1")
HEAD, RED, WHITE = colour("#0e5158"), colour("#cf4a34"), colour("#fffdf9")
SIZE = (105 * MM, 148 * MM)
MARGIN = 8 * MM
ROOM = SIZE[0] - 2 * MARGIN
NAME_SIZES = (30.0, 26.0, 22.0, 19.0, 17.0, 15.0)  # points, for a name on one line
SMALL_NAME = ((15.0, 3), (11.0, 4), (8.0, 6), (5.5, 10))  # (points, lines) for longer ones
QR = 39 * MM
DAY_SIZES = ((8.5, 2), (7.5, 2), (7.5, 1), (6, 1), (4.8, 1))  # (points, lines of a title)


def drawn(badge: Badge) -> bytes:
    day = _day_drawn(badge.date, badge.title, badge.sessions, badge.place)
    return page([day, _person_drawn(badge)], SIZE, badge.name, badge.language)


@lru_cache(maxsize=256)  # whoever holds the same sessions has the same
def _day_drawn(date: str, title: str, sessions: tuple[tuple[str, str], ...], place: str) -> bytes:
    sheet = Sheet(*SIZE)
    sheet.rectangle(0, 0, sheet.width, 35 * MM, HEAD)
    sheet.rectangle(0, 35 * MM, sheet.width, 1.2 * MM, RED)
    sheet.line(date, MARGIN, 10.5 * MM, 8.5, PALE, bold=False)
    for number, line in enumerate(islice(broken(title, 12.5, ROOM, bold=True), 3)):
        sheet.line(line, MARGIN, (17.5 + 5.5 * number) * MM, 12.5, WHITE, bold=True)
    y, bottom = 125.5 * MM, sheet.height - 3.5 * MM
    for size, most in DAY_SIZES:  # as large as all of them can be
        lines = list(_day_lines(sessions, place, size, most))
        if y + sum(step for *_, step in lines[:-1]) <= bottom:
            break
    for line, bold, step in lines:
        sheet.centred(line, y, size, INK if bold else SOFT, bold=bold)
        y += step
    return sheet.content()


def _person_drawn(badge: Badge) -> bytes:
    """The name as large as it can be, in the middle of its space, and the code."""
    sheet = Sheet(*SIZE)
    size, lines = _name_lines(badge.name)
    step = size * 1.15
    rest = list(islice(broken(badge.organisation, 11, ROOM, bold=False), 2))
    height = step * len(lines) + (1.5 * MM + 13 * len(rest) if badge.organisation else 0)
    y = (36 + 73) / 2 * MM - height / 2 + size * 0.8
    for line in lines:
        sheet.centred(line, y, size, INK, bold=True)
        y += step
    y += 1.5 * MM + 11 - size * 0.8
    for line in rest:
        sheet.centred(line, y, 11, SOFT, bold=False)
        y += 13
    sheet.squares(qr_rows(badge.code), (sheet.width - QR) / 2, 75 * MM, QR)
    sheet.centred(badge.code, 118 * MM, 12, INK, bold=True)
    return sheet.content()


def _name_lines(name: str) -> tuple[float, list[str]]:
    for size in NAME_SIZES:
        if width(name, size, bold=True) <= ROOM:
            return size, [name]
    for size, most in SMALL_NAME:
        lines = list(broken(name, size, ROOM, bold=True))
        if len(lines) <= most:
            return size, lines
    return SMALL_NAME[-1][0], lines[: SMALL_NAME[-1][1]]


def _day_lines(
    sessions: tuple[tuple[str, str], ...], place: str, size: float, most: int
) -> Iterator[tuple[str, bool, float]]:
    """Each line, whether it is bold, and the points to the next one; `most` are those of a title or
    of a place."""
    for title, where in sessions:
        for line in broken(title, size, ROOM, bold=True)[:most]:
            yield line, True, size * 1.28
        *lines, last = broken(where, size, ROOM, bold=False)[:most]
        for line in lines:
            yield line, False, size * 1.28
        yield last, False, size * 1.5
    for line in broken(place, size, ROOM, bold=False)[:most]:
        yield line, False, size * 1.28
