"""MIME entities as they go over the wire, headers and all: two kinds of leaf, one of container."""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence

LINE = 76


def text_part(subtype: str, text: str) -> bytes:
    """Words; quoted-printable, so that the source of the email can be read too."""
    body = b2a_qp(re.sub("\r\n?", "\n", text).encode(), istext=True)
    head = (
        f'Content-Type: text/{subtype};\r\n charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode("ascii") + body.replace(b"\n", b"\r\n")


def file_part(
    content_type: str, content: bytes, disposition: str, content_id: str | None = None
) -> bytes:
    """A file; `content_type` and `disposition` with their parameters, all ASCII."""
    folded, disposed = (said.replace("; ", ";\r\n ") for said in (content_type, disposition))
    head = (
        f"Content-Type: {folded}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: {disposed}\r\n"
    )
    if content_id:
        head += f"Content-ID: <{content_id}>\r\n"
    whole = b2a_base64(content, newline=False)
    lines = [whole[start : start + LINE] for start in range(0, len(whole), LINE)]
    return b"\r\n".join([head.encode("ascii"), *lines, b""])


def container(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """A multipart of these parts."""
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'
    line = f"--{boundary}".encode("ascii")
    between = b"\r\n" + line + b"\r\n"
    return b"".join(
        [head.encode("ascii"), line, b"\r\n", between.join(parts), b"\r\n", line, b"--\r\n"]
    )
