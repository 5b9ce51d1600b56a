"""The image that stands for the QR code during layout.

The real code is put in by the writer, so that a certificate's QR never passes through HTML, an
image decoder or a cache.
"""

import hashlib
import io
from functools import lru_cache

from PIL import Image

QR_NAME = "qr"
# WeasyPrint names images in content streams by the digest of their URL.
QR_IMAGE = "i" + hashlib.md5(f"asset:{QR_NAME}".encode(), usedforsecurity=False).hexdigest()
WIDTH = 41  # modules of a typical code with its quiet zone: the size if CSS gives none
MARGIN = 4  # of them, the quiet zone


def is_dark(column: int, row: int) -> bool:
    """Whether a pixel of the image is: inside its margin, every other one."""
    inside = MARGIN <= column < WIDTH - MARGIN and MARGIN <= row < WIDTH - MARGIN
    return inside and (column + row) % 2 == 0


@lru_cache(maxsize=1)
def placeholder() -> Image.Image:
    """A square of which every module is known, so that one sees which are covered."""
    image = Image.new("1", (WIDTH, WIDTH), 1)
    for row in range(WIDTH):
        for column in range(WIDTH):
            if is_dark(column, row):
                image.putpixel((column, row), 0)
    return image


@lru_cache(maxsize=1)
def placeholder_png() -> bytes:
    """Always the same bytes."""
    data = io.BytesIO()
    placeholder().save(data, "PNG")
    return data.getvalue()
