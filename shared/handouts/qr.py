"""The QR of a registration: its code and nothing else, so that any scanner reads it offline."""

import io
from functools import lru_cache

import segno


def qr_png(code: str, scale: int = 8) -> bytes:
    """A PNG on white, quiet zone included: readable on a dark screen too."""
    image = io.BytesIO()
    _draw(code).save(image, kind="png", scale=scale, dark="#000000", light="#ffffff")
    return image.getvalue()


def qr_svg(code: str) -> str:
    """The same as an inline SVG element that fills its box."""
    svg: str = _draw(code).svg_inline(dark="#000000", light="#ffffff", omitsize=True)
    return svg


@lru_cache(maxsize=8)  # an email shows one code twice: inline and on the badge
def _draw(code: str) -> segno.QRCode:
    # Paper is folded and screens are scratched: a quarter of it may be lost.
    return segno.make(code, error="q", micro=False, boost_error=False)
