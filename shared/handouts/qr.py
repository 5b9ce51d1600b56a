"""The QR of a registration: its code and nothing else, so that any scanner reads it offline."""

import struct
import zlib
from functools import lru_cache

import segno

QUIET_ZONE = 4  # modules; ISO/IEC 18004, 6.3.8
MASK = 3


def qr_png(code: str, scale: int = 8) -> bytes:
    """A PNG on white, quiet zone included: readable on a dark screen too."""
    rows = qr_rows(code)
    side = len(rows) * scale
    lines = b"".join(_png_line(row, scale) * scale for row in rows)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)  # one bit a pixel, grey
    return (
        b"\x89PNG\r\n\x1a\n"
        + _png_chunk(b"IHDR", header)
        + _png_chunk(b"IDAT", zlib.compress(lines))
        + _png_chunk(b"IEND", b"")
    )


def qr_svg(code: str) -> str:
    """The same as an inline SVG element that fills its box."""
    svg: str = _draw(code).svg_inline(dark="#000000", light="#ffffff", omitsize=True)
    return svg


@lru_cache(maxsize=8)  # an email shows one code twice: inline and on the badge
def qr_rows(code: str) -> tuple[bytes, ...]:
    """Its modules, 1 for a dark one, with the quiet zone around them."""
    modules = [bytes(module & 1 for module in row) for row in _draw(code).matrix]
    side = bytes(QUIET_ZONE)
    above = (bytes(len(modules) + 2 * QUIET_ZONE),) * QUIET_ZONE
    return (*above, *(side + row + side for row in modules), *above)


def _draw(code: str) -> segno.QRCode:
    # Paper is folded and screens are scratched: a quarter of it may be lost.
    # A given mask spares the search for the best one; every reader takes any.
    return segno.make(code, error="q", mask=MASK, micro=False, boost_error=False)


def _png_line(row: bytes, scale: int) -> bytes:
    """A row of pixels, white ones 1, after the byte that says it is not filtered."""
    bits = "".join(("0" if module else "1") * scale for module in row)
    padded = bits.ljust(-len(bits) % 8 + len(bits), "0")
    return b"\0" + int(padded, 2).to_bytes(len(padded) // 8, "big")


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
