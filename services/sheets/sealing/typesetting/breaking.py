"""A text in a column: on one line if it can be, else on several, smaller where it is long."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from services.sheets.sealing.typesetting.lettering import Line, plain, set_line

SIZES = (9.0, 8.0, 7.0)  # points; what is still too long then has as many lines as it takes
USUAL_LINES = 2
LEADING = 1.22
_WIDE = frozenset({"W", "F"})  # letters that a line may break after


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size."""

    lines: tuple[Line, ...]
    size: float

    @property
    def leading(self) -> float:
        return self.size * LEADING

    @property
    def height(self) -> float:
        return len(self.lines) * self.leading


@lru_cache(maxsize=4096)  # organisations and rooms return
def fitted(
    text: str, width: float, *, bold: bool = False, sizes: tuple[float, ...] = SIZES
) -> Block:
    """The text within `width`, as large as gives two lines; a word wider than that is broken."""
    words = plain(text)
    for size in sizes:
        lines = broken(words, width, size, bold=bold)
        if len(lines) <= USUAL_LINES and all(line.width <= width for line in lines):
            break
    return Block(tuple(lines), size)


def broken(text: str, width: float, size: float, *, bold: bool) -> list[Line]:
    """Lines no wider than `width`; each but the last ends with the blank it was broken at."""
    whole = set_line(text, size, bold=bold)
    if whole.width <= width:
        return [whole] if text else []
    lines, held = [], ""
    for part in _parts(text):
        if held and set_line((held + part).rstrip(), size, bold=bold).width > width:
            lines.append(held)
            held = ""
        held += part
        while set_line(held.rstrip(), size, bold=bold).width > width and len(held.rstrip()) > 1:
            end = _longest(held, width, size, bold=bold)
            lines.append(held[:end])
            held = held[end:]
    return [set_line(line, size, bold=bold) for line in [*lines, held] if line.strip()]


def _parts(text: str) -> Iterator[str]:
    """What a line may end after: a blank, a hyphen, a Chinese or Japanese sign."""
    start = 0
    for place, sign in enumerate(text, start=1):
        if sign in " -/" or unicodedata.east_asian_width(sign) in _WIDE:
            yield text[start:place]
            start = place
    if start < len(text):
        yield text[start:]


def _longest(text: str, width: float, size: float, *, bold: bool) -> int:
    """How much of a word fits, at least a sign; never between a letter and its mark."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if set_line(text[:middle], size, bold=bold).width <= width:
            low = middle
        else:
            high = middle - 1
    while low > 1 and low < len(text) and unicodedata.category(text[low])[0] == "M":
        low -= 1
    return low
