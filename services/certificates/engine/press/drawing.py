"""Pages of a PDF as pictures: to look at, and to compare. Only the press's child draws."""

import io
from typing import Any

from PIL import ImageChops

SCALE = 1.5  # 108 dots an inch
_SEEN = 48  # of 255: a difference in a pixel that is more than another way of smoothing an edge


def first_page(pdf: bytes) -> bytes:
    """PNG."""
    import pypdfium2  # only designs need it

    document = pypdfium2.PdfDocument(pdf)
    try:
        image = document[0].render(scale=SCALE).to_pil()
    finally:
        document.close()
    written = io.BytesIO()
    image.save(written, format="PNG", optimize=False)
    return written.getvalue()


def contrast(one: bytes, other: bytes) -> float:
    """The share of pixels that are seen to differ, on the page where it is largest; 1 where there
    is no such page."""
    import pypdfium2  # as above

    documents = [pypdfium2.PdfDocument(pdf) for pdf in (one, other)]
    try:
        if len(documents[0]) != len(documents[1]):
            return 1.0
        return max(_of_pages(*pages) for pages in zip(*documents, strict=True))
    finally:
        for document in documents:
            document.close()


def _of_pages(one: Any, other: Any) -> float:
    here, there = (page.render(scale=SCALE).to_pil().convert("RGB") for page in (one, other))
    if here.size != there.size:
        return 1.0
    counts = ImageChops.difference(here, there).convert("L").histogram()
    return sum(counts[_SEEN:]) / sum(counts)
