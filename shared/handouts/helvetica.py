"""How wide Helvetica is: the two of PDF's standard fonts that a badge is drawn with.

Every PDF reader has them or their metric twins (ISO 32000-1, 9.6.2.2), so nothing is embedded. They
know the signs of WinAnsiEncoding, which Python calls cp1252: western Europe's languages, no others.
"""

from collections.abc import Iterator
from functools import lru_cache

FIRST = 32  # the code of the first width
_REGULAR = """
278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556
556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833
722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556
556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334
260 334 584 0 556 0 222 556 333 1000 556 556 333 1000 667 333 1000 0 611 0 0 222 222 333 333
350 556 1000 333 1000 500 333 944 0 500 667 278 333 556 556 556 556 260 556 333 737 370 556
584 333 737 552 400 549 333 333 333 576 537 278 333 333 365 556 834 834 834 611 667 667 667
667 667 667 1000 722 667 667 667 667 278 278 278 278 722 722 778 778 778 778 778 584 778 722
722 722 722 667 667 611 556 556 556 556 556 556 889 500 556 556 556 556 278 278 278 278 556
556 556 556 556 556 556 549 611 556 556 556 556 500 556 500"""
_BOLD = """
278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556
556 556 556 333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833
722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611
556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389
280 389 584 0 556 0 278 556 500 1000 556 556 333 1000 667 333 1000 0 611 0 0 278 278 500 500
350 556 1000 333 1000 556 333 944 0 500 667 278 333 556 556 556 556 280 556 333 737 370 556
584 333 737 552 400 549 333 333 333 576 556 278 333 333 365 556 834 834 834 611 722 722 722
722 722 722 1000 722 667 667 667 667 278 278 278 278 722 722 778 778 778 778 778 584 778 722
722 722 722 667 667 611 556 556 556 556 556 556 889 556 556 556 556 556 278 278 278 278 611
611 611 611 611 611 611 549 611 611 611 611 611 556 611 556"""
REGULAR = tuple(map(int, _REGULAR.split()))
BOLD = tuple(map(int, _BOLD.split()))


def can_write(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def width(text: str, size: float, *, bold: bool) -> float:
    """Points, of a text that `can_write`."""
    widths = BOLD if bold else REGULAR
    return sum(widths[code - FIRST] for code in text.encode("cp1252")) * size / 1000


@lru_cache(maxsize=256)  # everybody's badge has the same title and place
def broken(text: str, size: float, room: float, *, bold: bool) -> tuple[str, ...]:
    """The lines of a text in a column `room` points wide; a word that is wider is broken."""
    return tuple(_lines(text, size, room, bold=bold))


def _lines(text: str, size: float, room: float, *, bold: bool) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, size, bold=bold) <= room:
            line = longer
            continue
        if line:
            yield line
        line = word
        while width(line, size, bold=bold) > room:
            fits = _most_that_fits(line, size, room, bold=bold)
            yield line[:fits]
            line = line[fits:]
    yield line


def _most_that_fits(word: str, size: float, room: float, *, bold: bool) -> int:
    """How many of its signs; one at least, or nothing would ever be written."""
    fits = (n for n in range(len(word), 1, -1) if width(word[:n], size, bold=bold) <= room)
    return next(fits, 1)
