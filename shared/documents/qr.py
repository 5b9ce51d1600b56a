"""The QR code of a verification URL as a drawing, fast for the fixed-length codes of one prefix.

For a fixed version, error correction and mask, every module of the matrix is an affine function
over GF(2) of the data bits (Reed-Solomon is linear, the mask and the function patterns are
constants). So the code of `prefix + code` is the code of `prefix + AAAA…` XOR one precomputed
difference per character.

A drawing and no image: a page shown at 100 dots an inch has two and a half for each module, and
what an image's pixels become then is the reader's choice, that of a path's edges is not.
"""

from dataclasses import dataclass
from functools import lru_cache

import segno

QUIET_ZONE = 4  # modules; ISO/IEC 18004, 6.3.8
ERROR_CORRECTION = "m"
# A fixed mask keeps the map affine. Every reader decodes any mask; the standard's "best mask" rule
# only spares readers of poor prints some work.
MASK = 3


@dataclass(frozen=True)
class Drawing:
    """PDF operators that draw the code black on white, in a square of `width` modules, its quiet
    zone included."""

    width: int
    operators: bytes


def draw(url: str) -> Drawing:
    """The QR of a URL, from its prefix's table when its last path segment is a code."""
    prefix, slash, code = url.rpartition("/")
    if slash and code and len(url) < 200 and code.isascii() and code.isprintable():
        return _table(prefix + slash, len(code)).draw(code)
    made = segno.make(url, error=ERROR_CORRECTION, micro=False, boost_error=False)
    width, stride, light = _bitmap(made)
    return _Painter(width, stride).drawing(light)


@lru_cache(maxsize=32)
def _table(prefix: str, length: int) -> "_AffineCodes":
    return _AffineCodes(prefix, length)


def form_entries(drawing: Drawing) -> bytes:
    """A form's entries (ISO 32000-1, 8.10): it takes the unit square, as an image does."""
    scale = b"%.9f" % (1 / drawing.width)
    return (
        b"/Type/XObject/Subtype/Form/BBox[0 0 %d %d]/Matrix[%s 0 0 %s 0 0]"
        b"/Resources<</ProcSet[/PDF]>>"
    ) % (drawing.width, drawing.width, scale, scale)


class _AffineCodes:
    """All codes of one length after one prefix."""

    def __init__(self, prefix: str, length: int) -> None:
        self._prefix, self._length = prefix, length
        filler = "A" * length
        made = segno.make(
            prefix + filler,
            error=ERROR_CORRECTION,
            micro=False,
            mode="byte",
            mask=MASK,
            boost_error=False,
        )
        self._version = made.version
        width, stride, self._base = _bitmap(made)
        self._painter = _Painter(width, stride)
        self._differences: dict[tuple[int, str], int] = {}

    def draw(self, code: str) -> Drawing:
        light = self._base
        for position, character in enumerate(code):
            difference = self._differences.get((position, character))
            if difference is None:
                difference = self._difference(position, character)
            light ^= difference
        return self._painter.drawing(light)

    def _difference(self, position: int, character: str) -> int:
        """What this character changes; made once for each position it is met at."""
        code = "A" * position + character + "A" * (self._length - position - 1)
        made = segno.make(
            self._prefix + code,
            version=self._version,
            error=ERROR_CORRECTION,
            micro=False,
            mode="byte",
            mask=MASK,
            boost_error=False,
        )
        _, _, light = _bitmap(made)
        difference = self._base ^ light
        self._differences[position, character] = difference
        return difference


class _Painter:
    """Matrices of one size as paths: one rectangle for each run of dark modules in a byte.

    One path for all of them, so that rectangles that touch leave no seam.
    """

    def __init__(self, width: int, stride: int) -> None:
        self._width, self._stride = width, stride
        self._ground = b"1 g 0 0 %d %d re f 0 g\n" % (width, width)
        self._rectangles: dict[tuple[int, int], bytes] = {}  # by place and value of a byte

    def drawing(self, light: int) -> Drawing:
        """Of a matrix as `_bitmap` gives it."""
        parts = [self._ground]
        known = self._rectangles
        for place in enumerate(light.to_bytes(self._stride * self._width, "big")):
            found = known.get(place)
            if found is None:
                found = known[place] = self._of_byte(*place)
            parts.append(found)
        return Drawing(self._width, b"".join(parts) + b"f\n")

    def _of_byte(self, place: int, value: int) -> bytes:
        row, column = divmod(place, self._stride)
        first = column * 8
        parts, start = [], None
        for x in range(first, first + 9):
            dark = x < min(first + 8, self._width) and not value >> (first + 7 - x) & 1
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                parts.append(b"%d %d %d 1 re\n" % (start, self._width - 1 - row, x - start))
                start = None
        return b"".join(parts)


def _bitmap(code: segno.QRCode) -> tuple[int, int, int]:
    """Width in modules, bytes of a row, and one bit per module as one number: 1 = light; rows
    padded to bytes; quiet zone included."""
    width = len(code.matrix) + 2 * QUIET_ZONE
    stride = (width + 7) // 8
    light = (1 << width) - 1
    rows = [light] * QUIET_ZONE
    for modules in code.matrix:
        dark = 0
        for module in modules:
            dark = dark << 1 | (module & 1)
        rows.append(light ^ (dark << QUIET_ZONE))
    rows += [light] * QUIET_ZONE
    padding = stride * 8 - width
    matrix = 0
    for row in rows:
        matrix = matrix << stride * 8 | row << padding
    return width, stride, matrix
