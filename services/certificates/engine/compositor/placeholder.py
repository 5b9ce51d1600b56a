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


@lru_cache(maxsize=1)
def placeholder_png() -> bytes:
    """A square PNG of an unlikely pattern, always the same bytes."""
    image = Image.new("1", (WIDTH, WIDTH), 1)
    for y in range(0, WIDTH, 5):
        for x in range(y % 3, WIDTH, 3):
            image.putpixel((x, y), 0)
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
