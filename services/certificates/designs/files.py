"""Images and fonts that are uploaded with a design: their names, kinds and sizes.

Whether they can be drawn with is found by the press, which is confined.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

LARGEST = 5 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_BEGINS: Mapping[str, tuple[bytes, ...]] = {
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".webp": (b"RIFF",),
    ".svg": (b"<",),
    ".ttf": (b"\x00\x01\x00\x00", b"true"),
    ".otf": (b"OTTO",),
    ".woff": (b"wOFF",),
    ".woff2": (b"wOF2",),
}
KINDS = tuple(_BEGINS)


@dataclass(frozen=True)
class Fault:
    """`rule` is name, kind, content or size."""

    name: str
    rule: str


def file_name(given: str) -> str:
    """What the file is called in the design: no folder, no spaces."""
    return re.sub(r"\s+", "-", PurePosixPath(given.replace("\\", "/")).name.strip())


def fault_of(name: str, content: bytes) -> Fault | None:
    """What forbids to take the file, if anything."""
    suffix = PurePosixPath(name).suffix.lower()
    if not _NAME.fullmatch(name):
        return Fault(name, "name")
    if suffix not in _BEGINS:
        return Fault(name, "kind")
    if len(content) > LARGEST:
        return Fault(name, "size")
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_BEGINS[suffix]):
        return Fault(name, "content")
    return None
