"""Pictures as people send them."""

import io

from PIL import Image


def photo(width: int = 1600, height: int = 900, form: str = "JPEG", **options: object) -> bytes:
    """Red on its left half, blue on its right one."""
    image = Image.new("RGB", (width, height), "#c01010")
    image.paste("#1010c0", (width // 2, 0, width, height))
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))
