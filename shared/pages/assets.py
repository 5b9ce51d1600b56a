"""Stylesheets, scripts and fonts: named with a hash of their content, so that a browser may keep
them for good and still never shows an old one. What they import is named so too."""

import gzip
import hashlib
import mimetypes
import posixpath
import re
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
}
# How a file names another one that comes with it.
_IMPORTS = {
    ".css": re.compile(rb'(?<=url\(")[\w./-]+(?="\))'),
    ".js": re.compile(rb'(?<=from ")\.[\w./-]+(?=")'),
}


@dataclass(frozen=True)
class Asset:
    content: bytes
    compressed: bytes | None
    media_type: str
    hash: str


class Assets:
    """The files of some folders, read once; in a folder given later a name replaces an earlier.

    `prefix` is where they are served: a path that proxies send to this very service.
    """

    def __init__(self, folders: Sequence[Path], prefix: str = PREFIX) -> None:
        self.prefix = prefix
        self._paths = {
            path.relative_to(folder).as_posix(): path
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        self._assets: dict[str, Asset] = {}
        for name in self._paths:
            self._read(name)

    def url(self, name: str) -> str:
        return f"{self.prefix}{name}?v={self._assets[name].hash}"

    def under(self, folder: str) -> list[str]:
        return [name for name in self._assets if name.startswith(folder)]

    def content(self, name: str) -> bytes:
        return self._assets[name].content

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

    def _read(self, name: str) -> Asset:
        if name not in self._assets:
            path = self._paths[name]
            content = path.read_bytes()
            if path.suffix in _IMPORTS:
                folder = posixpath.dirname(name)
                content = _IMPORTS[path.suffix].sub(
                    lambda imported: self._with_hash(imported[0], folder), content
                )
            self._assets[name] = _asset(path, content)
        return self._assets[name]

    def _with_hash(self, imported: bytes, folder: str) -> bytes:
        name = posixpath.normpath(posixpath.join(folder, imported.decode()))
        if name not in self._paths:
            return imported
        return imported + f"?v={self._read(name).hash}".encode()


def _asset(path: Path, content: bytes) -> Asset:
    media_type = (
        _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    )
    compressed = None
    if media_type.startswith(("text/", "image/svg")) or media_type.endswith("json"):
        compressed = gzip.compress(content, mtime=0)
    return Asset(content, compressed, media_type, hashlib.sha256(content).hexdigest()[:16])
