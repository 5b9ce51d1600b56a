"""Baking: a picture that carries its credential (Open Badges 3.0, 5.3).

In SVG it is an element of its own, in PNG an iTXt chunk; both hold the JSON with its proof.
"""

import struct
import zlib

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"


def baked_svg(picture: str, credential: str) -> str:
    """`picture`: a whole SVG document; the credential is the first thing in it."""
    start = picture.index(">") + 1
    root = picture[:start].replace("<svg ", f'<svg xmlns:openbadges="{NAMESPACE}" ', 1)
    # The one sequence that may not stand in a CDATA section is written in two.
    content = credential.replace("]]>", "]]]]><![CDATA[>")
    element = f"<openbadges:credential><![CDATA[{content}]]></openbadges:credential>"
    return f"{root}{element}{picture[start:]}"


def baked_png(picture: bytes, credential: str) -> bytes:
    """`picture`: a PNG without a credential; the chunk is put after its header."""
    if not picture.startswith(_SIGNATURE):
        raise ValueError("the picture is no PNG")
    (header,) = struct.unpack_from(">I", picture, len(_SIGNATURE))
    after_header = len(_SIGNATURE) + 12 + header
    # Keyword, not compressed, method 0, no language, no translated keyword, text (PNG, 11.3.3.4).
    data = _KEYWORD + b"\0\0\0\0\0" + credential.encode()
    kind = b"iTXt"
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    chunk = struct.pack(">I", len(data)) + kind + data + checksum
    return picture[:after_header] + chunk + picture[after_header:]
