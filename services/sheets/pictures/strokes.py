"""A signature as it was drawn: lines between points, from each touch of the pen to its lift.

Points are in a box three times as wide as it is high, from 0 to 10,000 both ways, whatever the
screen was. Stored as differences of a byte or two: a signature takes some hundred bytes.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from services.sheets.base.refusals import Refused

SIDE = 10_000
ASPECT = 3  # width to height
MOST_BYTES = 64 * 1024
MOST_POINTS = 5_000
FEWEST_POINTS = 3
LEAST_EXTENT = 50  # of SIDE: a pixel or two of a phone's width

Point = tuple[int, int]
Line = tuple[Point, ...]


@dataclass(frozen=True, repr=False)
class Strokes:
    """What somebody drew. Never printed by mistake: it is theirs."""

    lines: tuple[Line, ...]

    @classmethod
    def parse(cls, sent: bytes) -> "Strokes":
        """Of the JSON that a page sends: `[[[x, y], …], …]`. Raises Refused."""
        if len(sent) > MOST_BYTES:
            raise Refused("too-large", "strokes")
        try:
            lines = tuple(tuple(map(_point, line)) for line in json.loads(sent))
        except (ValueError, TypeError, RecursionError):
            raise Refused("malformed", "strokes") from None
        strokes = cls(tuple(filter(None, lines)))
        strokes._check()
        return strokes

    def to_bytes(self) -> bytes:
        """What is kept, and what an entry commits to."""
        numbers: list[int] = [len(self.lines)]
        x = y = 0
        for line in self.lines:
            numbers.append(len(line))
            for next_x, next_y in line:
                numbers += (_folded(next_x - x), _folded(next_y - y))
                x, y = next_x, next_y
        return b"".join(map(_varint, numbers))

    @classmethod
    def from_bytes(cls, kept: bytes) -> "Strokes":
        """ValueError, when it is none of `to_bytes`."""
        numbers = _numbers(kept)
        try:
            lines, x, y = [], 0, 0
            for _ in range(next(numbers)):
                line = []
                for _ in range(next(numbers)):
                    x += _unfolded(next(numbers))
                    y += _unfolded(next(numbers))
                    line.append((x, y))
                lines.append(tuple(line))
        except (StopIteration, IndexError):
            raise ValueError("these are no strokes") from None
        return cls(tuple(lines))

    @property
    def path(self) -> str:
        """As the `d` of an SVG path, in a box of SIDE by SIDE / ASPECT; PDF says m and l alike."""
        return " ".join(
            f"{'L' if place else 'M'}{x} {y // ASPECT}"
            for line in self.lines
            for place, (x, y) in enumerate(line)
        )

    def svg(self) -> str:
        """The picture alone, with no words of ours: whoever shows it says whose it is."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE // ASPECT}">'
            f'<path d="{self.path}" fill="none" stroke="currentColor" stroke-width="60" '
            'stroke-linecap="round" stroke-linejoin="round"/></svg>'
        )

    def _check(self) -> None:
        points = [*chain.from_iterable(self.lines)]
        if len(points) > MOST_POINTS:
            raise Refused("too-large", "strokes")
        if len(points) < FEWEST_POINTS:
            raise Refused("empty", "strokes")
        xs, ys = zip(*points, strict=True)
        if max(max(xs) - min(xs), max(ys) - min(ys)) < LEAST_EXTENT:
            raise Refused("empty", "strokes")


def _point(sent: Any) -> Point:
    x, y = sent
    if type(x) is not int or type(y) is not int or not (0 <= x <= SIDE and 0 <= y <= SIDE):
        raise ValueError("a point is two whole numbers of the box")
    return x, y


def _folded(number: int) -> int:
    """Small ones of either sign are small."""
    return number << 1 if number >= 0 else (-number << 1) - 1


def _unfolded(number: int) -> int:
    return number >> 1 if not number & 1 else -((number + 1) >> 1)


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _numbers(kept: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in kept:
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            yield number
            number = shift = 0
