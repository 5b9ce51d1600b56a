"""The little PDF syntax that all who write documents share (ISO 32000-1, 7.3)."""

from codecs import BOM_UTF16_BE
from collections.abc import Callable

import deflate

Compressor = Callable[[bytes], bytes]  # data to a zlib stream (FlateDecode)


def flate(data: bytes) -> bytes:
    """The default compressor: libdeflate, pinned, so that every machine writes the same bytes.

    Python's own zlib is whichever the system has, and takes three times as long. Level 1: the
    streams are small, and a higher level saves three bytes in a hundred.
    """
    return bytes(deflate.zlib_compress(data, 1))


def flate_tightly(data: bytes) -> bytes:
    """For what is compressed once and copied into every file."""
    return bytes(deflate.zlib_compress(data, 12))


def number(value: float) -> bytes:
    """A number as WeasyPrint writes it."""
    if value == int(value):
        return b"%d" % int(value)
    return f"{value:f}".rstrip("0").encode()


def text_string(text: str) -> bytes:
    """A text string: literal when ASCII, otherwise UTF-16 in hexadecimal (7.9.2.2)."""
    if text.isascii():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return b"(" + escaped.encode() + b")"
    return b"<" + (BOM_UTF16_BE + text.encode("utf-16-be")).hex().encode() + b">"


def stream_object(
    object_number: int, data: bytes, entries: bytes, compress: Compressor | None
) -> bytes:
    """A whole stream object; `entries` are its dictionary's own, without Length and Filter."""
    if compress is not None:
        data = compress(data)
        entries += b"/Filter/FlateDecode"
    return b"%d 0 obj\n<<%s/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        object_number,
        entries,
        len(data),
        data,
    )


def object_stream(
    object_number: int, objects: list[tuple[int, bytes]], compress: Compressor
) -> bytes:
    """An object stream holding (number, data) pairs in order (7.5.7)."""
    index, body, position = [], [], 0
    for number_inside, data in objects:
        index.append(b"%d %d" % (number_inside, position))
        body.append(data)
        position += len(data) + 1
    head = b" ".join(index) + b"\n"
    entries = b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head))
    return stream_object(object_number, head + b"\n".join(body) + b"\n", entries, compress)
