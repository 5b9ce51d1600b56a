"""The first page of a PDF as a picture, to look at on a page. Only the press's child draws."""

import io

SCALE = 1.5  # 108 dots an inch


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
