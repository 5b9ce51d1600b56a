"""Stylesheets, scripts and fonts: named with a hash of their content, so that a browser may keep
them for good and still never shows an old one."""

import gzip
import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

PREFIX = "/static/"
FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"
_TYPES = {
    ".woff2": "font/woff2",
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class Asset:
    content: bytes
    compressed: bytes | None
    media_type: str
    hash: str


class Assets:
    """The files of some folders, read once; in a folder given later a name replaces an earlier."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._assets = {
            path.relative_to(folder).as_posix(): _read(path)
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def url(self, name: str) -> str:
        return f"{PREFIX}{name}?v={self._assets[name].hash}"

    def serve(self, request: Request) -> Response:
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            return PlainTextResponse("Not found", 404)
        headers = {
            "Cache-Control": FOREVER if request.query_params.get("v") == asset.hash else BRIEFLY,
            "ETag": f'"{asset.hash}"',
        }
        if f'"{asset.hash}"' in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        content = asset.content
        if asset.compressed is not None:
            headers["Vary"] = "Accept-Encoding"
            if "gzip" in request.headers.get("accept-encoding", ""):
                content = asset.compressed
                headers["Content-Encoding"] = "gzip"
        return Response(content, media_type=asset.media_type, headers=headers)


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    media_type = (
        _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    )
    compressed = None
    if media_type.startswith(("text/", "image/svg")) or media_type.endswith("json"):
        compressed = gzip.compress(content, mtime=0)
    return Asset(content, compressed, media_type, hashlib.sha256(content).hexdigest()[:16])
