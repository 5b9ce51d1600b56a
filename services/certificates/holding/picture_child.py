"""The process that draws a certificate's picture: it limits itself, then reads the document.

A document may hold pictures that an organiser uploaded, and the library that reads them is not
ours. Standard input has the PDF; standard output gets a PNG, drawn anew on a canvas of the size
that networks show: nothing of the file but what one sees on its first page is in it.
"""

import io
import sys
from typing import TYPE_CHECKING

from shared.base.confined import confine

if TYPE_CHECKING:
    from PIL import Image

MEMORY = 1024 * 1024 * 1024  # bytes of addresses
SECONDS = 10  # of the processor
SIZE = (2400, 1260)  # pixels: twice what the Open Graph's readers ask for, to be read
MARGIN = 40  # pixels
GROUND = "#f1ebe1"


def main() -> None:
    """Once."""
    confine(MEMORY, SECONDS)
    sys.stdout.buffer.write(drawn(sys.stdin.buffer.read()))


def drawn(pdf: bytes) -> bytes:
    """PNG of the first page, whole and in the middle."""
    from PIL import Image

    canvas = Image.new("RGB", SIZE, GROUND)
    page = _first_page(pdf, SIZE[0] - 2 * MARGIN, SIZE[1] - 2 * MARGIN)
    canvas.paste(page, ((SIZE[0] - page.width) // 2, (SIZE[1] - page.height) // 2))
    written = io.BytesIO()
    canvas.save(written, "PNG", optimize=True)
    return written.getvalue()


def _first_page(pdf: bytes, width: int, height: int) -> "Image.Image":
    """As large as fits."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        page_width, page_height = page.get_size()
        scale = min(width / page_width, height / page_height)
        drawn: Image.Image = page.render(scale=scale).to_pil()
        return drawn.convert("RGB")
    finally:
        document.close()


if __name__ == "__main__":
    main()
