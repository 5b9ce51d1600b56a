"""MIME parts with their headers as they go over the wire: one kind of leaf, one of container."""

from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from email.message import EmailMessage

from services.notifications.writing.headers import WIRE, Encoded


def text_part(subtype: str, text: str) -> EmailMessage:
    """Words; quoted-printable, so that the source of the email can be read too."""
    body = b2a_qp(text.encode(), istext=True).decode("ascii")
    return _part(f'text/{subtype}; charset="utf-8"', "quoted-printable", body)


def file_part(
    content_type: str, content: bytes, disposition: str, content_id: str | None = None
) -> EmailMessage:
    """A file; `content_type` and `disposition` with their parameters, all ASCII."""
    part = _part(content_type, "base64", encodebytes(content).decode("ascii"))
    part["Content-Disposition"] = Encoded(disposition)
    if content_id:
        part["Content-ID"] = Encoded(f"<{content_id}>")
    return part


def fill_container(
    container: EmailMessage, subtype: str, boundary: str, parts: Sequence[EmailMessage]
) -> EmailMessage:
    """Make `container` a multipart of these parts."""
    container["Content-Type"] = Encoded(f'multipart/{subtype};\r\n boundary="{boundary}"')
    for part in parts:
        container.attach(part)
    return container


def _part(content_type: str, encoding: str, body: str) -> EmailMessage:
    part = EmailMessage(policy=WIRE)
    part["Content-Type"] = Encoded(content_type.replace("; ", ";\r\n "))
    part["Content-Transfer-Encoding"] = Encoded(encoding)
    part.set_payload(body)
    return part
