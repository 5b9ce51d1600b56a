"""The QR code of a verification URL, fast for the fixed-length codes of one prefix.

For a fixed version, error correction and mask, every module of the matrix is an affine function
over GF(2) of the data bits (Reed-Solomon is linear, the mask and the function patterns are
constants). So the code of `prefix + code` is the code of `prefix + AAAA…` XOR one precomputed
difference per character.
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
class Bitmap:
    """One bit per module, 1 = light; rows padded to bytes; quiet zone included."""

    width: int
    data: bytes


def draw(url: str) -> Bitmap:
    """The QR of a URL, from its prefix's table when its last path segment is a code."""
    prefix, slash, code = url.rpartition("/")
    if slash and code and len(url) < 200 and code.isascii() and code.isprintable():
        return _table(prefix + slash, len(code)).draw(code)
    return _bitmap(segno.make(url, error=ERROR_CORRECTION, micro=False, boost_error=False))


@lru_cache(maxsize=32)
def _table(prefix: str, length: int) -> "_AffineCodes":
    return _AffineCodes(prefix, length)


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
        base = _bitmap(made)
        self._width, self._byte_count = base.width, len(base.data)
        self._base = int.from_bytes(base.data, "big")
        self._differences: dict[tuple[int, str], int] = {}

    def draw(self, code: str) -> Bitmap:
        matrix = self._base
        for position, character in enumerate(code):
            difference = self._differences.get((position, character))
            if difference is None:
                difference = self._difference(position, character)
            matrix ^= difference
        return Bitmap(self._width, matrix.to_bytes(self._byte_count, "big"))

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
        difference = self._base ^ int.from_bytes(_bitmap(made).data, "big")
        self._differences[position, character] = difference
        return difference


def _bitmap(code: segno.QRCode) -> Bitmap:
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
    return Bitmap(width, b"".join((row << padding).to_bytes(stride, "big") for row in rows))
