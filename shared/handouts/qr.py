"""The QR of a registration: its code and nothing else, so that any scanner reads it offline."""

import struct
import zlib
from functools import lru_cache

from shared.handouts.qr_modules import encoded, modules_of

QUIET_ZONE = 4  # modules; ISO/IEC 18004, 6.3.8
SCALE = 8  # pixels of a module's side in the PNG: of one bit each, they are one byte
EIGHT_PIXELS = bytes([0xFF, 0x00]).ljust(256, b"\0")  # of a light module (0), and of a dark one (1)


def qr_png(code: str) -> bytes:
    """A PNG on white, quiet zone included: readable on a dark screen too."""
    rows = qr_rows(code)
    side = len(rows) * SCALE
    # The byte before each line says whether it stands as it is or as what differs from the one
    # above: nothing, which packs in no time.
    again = (b"\2" + bytes(len(rows))) * (SCALE - 1)
    lines = b"".join(b"\0" + row.translate(EIGHT_PIXELS) + again for row in rows)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)  # one bit a pixel, grey
    return (
        b"\x89PNG\r\n\x1a\n"
        + _png_chunk(b"IHDR", header)
        + _png_chunk(b"IDAT", zlib.compress(lines))
        + _png_chunk(b"IEND", b"")
    )


def qr_svg(code: str) -> str:
    """The same as an inline SVG element that fills its box."""
    svg: str = encoded(code).svg_inline(dark="#000000", light="#ffffff", omitsize=True)
    return svg


@lru_cache(maxsize=8)  # an email shows one code twice: inline and on the badge
def qr_rows(code: str) -> tuple[bytes, ...]:
    """Its modules, 1 for a dark one, with the quiet zone around them."""
    modules = modules_of(code)
    side = bytes(QUIET_ZONE)
    above = (bytes(len(modules) + 2 * QUIET_ZONE),) * QUIET_ZONE
    return (*above, *(side + row + side for row in modules), *above)


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
