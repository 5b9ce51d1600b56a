"""What a template may fetch: its own assets, by `asset:NAME`, and nothing else at all."""

import io
import re
import warnings
from collections.abc import Mapping

from PIL import Image, UnidentifiedImageError
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from services.certificates.engine.compositor.pictures import in_rgb
from services.certificates.engine.compositor.placeholder import QR_NAME, placeholder_png
from services.certificates.engine.errors import Problem
from services.certificates.engine.limits import Limits

_IMAGES = ("png", "jpg", "jpeg", "gif", "webp")
# Not the system's own table: reading it is a file the press's child may not open.
_MIME_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "woff": "font/woff",
    "woff2": "font/woff2",
}
_FONTS = ("ttf", "otf", "woff", "woff2")
_ENTITY = re.compile(rb"<!\s*(ENTITY|DOCTYPE[^>]*\[)", re.IGNORECASE)
_OUTSIDE = re.compile(rb"""(?:href|src)\s*=\s*["'](?!#|data:image/)""", re.IGNORECASE)


class AssetRefused(FatalURLFetchingError):  # type: ignore[misc] # WeasyPrint ships no types
    """A template asked for something that is not among its assets: stops the layout."""


class AssetFetcher(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
    """Serves `asset:` URLs from memory; every other address is refused."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=set(), allow_redirects=False)
        self._assets = assets

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002 # WeasyPrint's signature
        scheme, _, name = url.partition(":")
        if scheme != "asset":
            raise AssetRefused(f"{url[:80]}: only assets of the template can be used (asset:NAME)")
        if name == QR_NAME:
            return URLFetcherResponse(url, placeholder_png(), {"Content-Type": "image/png"})
        if name not in self._assets:
            raise AssetRefused(f"the template has no asset named {name!r}")
        extension = name.rpartition(".")[2].lower()
        kind = _MIME_TYPES.get(extension, "application/octet-stream")
        data = self._assets[name]
        if extension in _IMAGES:
            data = in_rgb(data)
        return URLFetcherResponse(url, data, {"Content-Type": kind})


def problems(assets: Mapping[str, bytes], limits: Limits) -> list[Problem]:
    """What is wrong with the files themselves: size, kind, broken or huge images, SVG entities."""
    found = []
    if sum(map(len, assets.values())) > limits.assets_bytes:
        most = limits.assets_bytes // 1024 // 1024
        return [Problem("files", f"are larger than {most} MiB together")]
    for name, data in assets.items():
        message = _problem(name, data, limits)
        if message:
            found.append(Problem(name, message))
    return found


def _problem(name: str, data: bytes, limits: Limits) -> str | None:
    extension = name.rpartition(".")[2].lower()
    if len(data) > limits.asset_bytes:
        return f"is larger than {limits.asset_bytes // 1024} KiB"
    if extension in _IMAGES:
        return _image_problem(data, limits)
    if extension == "svg":
        return _svg_problem(data)
    if extension in _FONTS:
        known = (b"\0\1\0\0", b"OTTO", b"true", b"ttcf", b"wOFF", b"wOF2")
        return None if data[:4] in known else "is not a font file"
    return "is neither an image (PNG, JPEG, GIF, WebP, SVG) nor a font (TTF, OTF, WOFF)"


def _image_problem(data: bytes, limits: Limits) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
                if width * height > limits.image_pixels:
                    return f"is {width} × {height} pixels: too many"
                image.load()
    except Image.DecompressionBombError:
        return "has far too many pixels"
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return "is not an image that can be read"
    return None


def _svg_problem(data: bytes) -> str | None:
    if _ENTITY.search(data):
        return "declares entities, which are not allowed"
    if _OUTSIDE.search(data):
        return "refers to something outside itself, which is not allowed"
    return None if b"<svg" in data else "is not an SVG image"
