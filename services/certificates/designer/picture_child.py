"""The process that reads a picture of the form: it limits itself, then draws it anew.

Standard input has what it is of in a line and then the file; standard output gets a PNG as base64,
or why there is none, as JSON. Nothing of the file but what one sees is in it: no camera, no place,
no script, no other colours than a screen's, whatever a printer's file said.
"""

import base64
import io
import json
import re
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from shared.base.confined import confine

if TYPE_CHECKING:
    from PIL import Image

MEMORY = 1536 * 1024 * 1024  # bytes of addresses; half of it is libraries
SECONDS = 15  # of the processor
MOST_PIXELS = 50_000_000  # of what is sent; a telephone's photo has 12 to 50 million
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# Pixels: at 300 dots an inch, larger than the largest place it can have.
LARGEST = {"logo": (1300, 600), "signature": (900, 300)}
_SMALLEST = 8  # pixels of what is left; less is a dot
_INK = [0] * 25 + [255] * 231  # what is darker than the grey of a scan's paper
_ITSELF = "drawing:"
_PHOTOGRAPHS = ("data:image/png;base64", "data:image/jpeg;base64", "data:image/jpg;base64")
_BEGIN = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_ACTIVE = re.compile(
    rb"<\s*(?:script|foreignobject|iframe|set|animate)|\son\w+\s*=|javascript:|<!\s*ENTITY"
    rb"|@import|(?:href|src)\s*=\s*[\"'](?!#|data:image/(?:png|jpe?g))|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)


class Unreadable(Exception):
    """`rule`: picture-unreadable, picture-pixels, picture-active or picture-empty."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def main() -> None:
    """Once: a process that has read a hostile file reads no other."""
    confine(MEMORY, SECONDS)
    what = sys.stdin.buffer.readline().decode().strip()
    try:
        drawn = draw(what, sys.stdin.buffer.read())
        answer = {"picture": base64.b64encode(drawn).decode()}
    except Unreadable as error:
        answer = {"unreadable": error.rule}
    except MemoryError:
        answer = {"unreadable": "picture-pixels"}
    json.dump(answer, sys.stdout)


def draw(what: str, content: bytes) -> bytes:
    """The picture as a PNG of a place's size. Raises Unreadable."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # ours is asked before anything is unpacked
    try:
        picture = _vector(content) if _is_svg(content) else _pixels(content, LARGEST[what])
        picture = _trimmed(picture)
        picture.thumbnail(LARGEST[what], Image.Resampling.LANCZOS)
        file = io.BytesIO()
        picture.save(file, "PNG", optimize=True)
    except (Unreadable, MemoryError):
        raise
    except Exception:  # noqa: BLE001  whatever is wrong inside a picture, it cannot be read
        raise Unreadable("picture-unreadable") from None
    return file.getvalue()


def _is_svg(content: bytes) -> bool:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"<") and b"<svg" in content[:65536]


def _pixels(content: bytes, largest: tuple[int, int]) -> "Image.Image":
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unreadable("picture-pixels")
        # A JPEG is unpacked no larger than it will be shown; a printer's keeps its inks.
        opened.draft(None, (largest[0] * 2, largest[0] * 2))
        profile = opened.info.get("icc_profile")
        opened.load()
        # Averaged in whole squares first: a fifth of the time of the finer way.
        smaller = opened.reduce(max(1, max(opened.size) // (largest[0] * 2)))
        smaller.info.update(opened.info)
        return _on_screen(ImageOps.exif_transpose(smaller), profile)


def _on_screen(picture: "Image.Image", profile: bytes | None) -> "Image.Image":
    """In sRGB, with what one can see through kept."""
    from PIL import ImageCms

    if picture.mode.startswith("I"):  # sixteen bits of grey
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if profile and picture.mode in ("CMYK", "RGB", "L"):
        screen: Any = ImageCms.createProfile("sRGB")
        try:
            changed = ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), screen, outputMode="RGB"
            )
        except ImageCms.PyCMSError:  # a profile of another kind of picture: by the plain rule
            changed = None
        if changed is not None:
            return changed.convert("RGBA")
    return picture.convert("RGBA")


def _vector(content: bytes) -> "Image.Image":
    """Drawn by WeasyPrint as it would be in a document, on glass."""
    import pypdfium2
    import weasyprint

    if _ACTIVE.search(content):
        raise Unreadable("picture-active")
    html = (
        "<style>@page { size: 300mm 300mm; margin: 0 } img { display: block; width: 300mm;"
        f" height: 300mm; object-fit: contain }}</style><img src='{_ITSELF}'>"
    )
    fetcher = _fetcher(content)
    pdf = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf()
    if fetcher.refused:
        raise Unreadable("picture-active")
    document = pypdfium2.PdfDocument(pdf)
    drawn = document[0].render(scale=2, fill_color=(255, 255, 255, 0), maybe_alpha=True)
    picture: Image.Image = drawn.to_pil().convert("RGBA")
    document.close()
    return picture


def _fetcher(drawing: bytes) -> Any:
    """Gives a drawing itself and the photographs inside it; `refused` says that it asked for more,
    as a drawing inside the drawing would that is called a photograph."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse, URLFetchingError

    class Alone(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
        refused = False

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ARG002 # WeasyPrint's signature
            if url == _ITSELF:
                return URLFetcherResponse(url, drawing, {"Content-Type": "image/svg+xml"})
            head, _, body = url.partition(",")
            photograph = base64.b64decode(unquote_to_bytes(body)) if head in _PHOTOGRAPHS else b""
            if not photograph.startswith(_BEGIN):
                self.refused = True
                raise URLFetchingError
            return URLFetcherResponse(url, photograph, {"Content-Type": head[5:-7]})

    return Alone(allowed_protocols=set(), allow_redirects=False)


def _trimmed(picture: "Image.Image") -> "Image.Image":
    """Without the empty border of a scan or of an export. Raises Unreadable."""
    from PIL import Image, ImageChops

    paper = Image.new("RGBA", picture.size, "white")
    seen = Image.alpha_composite(paper, picture).convert("L")
    inked = ImageChops.invert(seen).point(_INK)
    if picture.getchannel("A").getextrema() != (255, 255):  # white on glass is a drawing too
        inked = ImageChops.lighter(inked, picture.getchannel("A").point(_INK))
    box = inked.getbbox()
    if box is None or min(box[2] - box[0], box[3] - box[1]) < _SMALLEST:
        raise Unreadable("picture-empty")
    return picture.crop(box)


if __name__ == "__main__":
    main()
