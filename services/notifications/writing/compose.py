"""An email from a letter and what goes with it: pure, and the same bytes every time.

multipart/mixed
├── multipart/alternative
│   ├── text/plain
│   └── text/html, with its QR in multipart/related when there is one
└── attachments: calendars, badge, certificate
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from uuid import UUID

from services.notifications.writing.headers import address_header, clean, text_header
from services.notifications.writing.letters import Letter
from services.notifications.writing.mime import container, file_part, text_part
from shared.words.addresses import mailto
from shared.words.filenames import name_parameter


@dataclass(frozen=True)
class Mailbox:
    """A name, in any script, and an address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Attachment:
    """A file: its name, its type with parameters, its bytes."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Identity:
    """What makes an email the same one, however often it is composed."""

    event_id: UUID
    moment: datetime
    domain: str

    @property
    def message_id(self) -> str:
        return f"<{self.event_id}@{self.domain}>"

    @property
    def qr_id(self) -> str:
        return f"qr.{self.event_id}@{self.domain}"

    def boundary(self, container: str) -> str:
        """Of a multipart: "=_" occurs neither in base64 nor in quoted-printable."""
        return f"=_{container}.{self.event_id.hex}"


@dataclass(frozen=True)
class Unsubscribing:
    """How to stop this kind of email: a page that takes a POST (RFC 8058), and an address."""

    url: str
    address: str


def calendar_attachment(filename: str, method: str, content: bytes) -> Attachment:
    """An iCalendar object; its method stands in the type as well (RFC 6047, 2.4)."""
    return Attachment(filename, f'text/calendar; charset="utf-8"; method="{method}"', content)


@dataclass(frozen=True)
class Email:
    """What it is called, and how it goes over the wire: lines of ASCII that end in CRLF."""

    subject: str
    message: bytes


def compose(
    letter: Letter,
    identity: Identity,
    *,
    sender: Mailbox,
    recipient: Mailbox,
    reply_to: Mailbox,
    qr: bytes | None = None,
    attachments: Sequence[Attachment] = (),
    unsubscribing: Unsubscribing | None = None,
) -> Email:
    headers = [
        address_header("From", sender.name, sender.address),
        address_header("To", recipient.name, recipient.address),
        address_header("Reply-To", reply_to.name, reply_to.address),
        text_header("Subject", letter.subject),
        text_header("Date", format_datetime(identity.moment)),
        text_header("Message-ID", identity.message_id),
        text_header("Auto-Submitted", "auto-generated"),
        text_header("Content-Language", letter.language),
        _unsubscribe_headers(unsubscribing) if unsubscribing else "",
        text_header("MIME-Version", "1.0"),
    ]
    words = container(
        "alternative",
        identity.boundary("alternative"),
        [text_part("plain", letter.text), _html(letter, identity, qr)],
    )
    files = [_attached(attachment) for attachment in attachments]
    body = container("mixed", identity.boundary("mixed"), [words, *files])
    return Email(clean(letter.subject), "".join(headers).encode() + body)


def _unsubscribe_headers(unsubscribing: Unsubscribing) -> str:
    address = f"<{mailto(unsubscribing.address)}?subject=unsubscribe>"
    return (
        f"List-Unsubscribe: <{unsubscribing.url}>,\r\n {address}\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )


def _html(letter: Letter, identity: Identity, qr: bytes | None) -> bytes:
    html = text_part("html", letter.html)
    if qr is None:
        return html
    image = file_part("image/png", qr, 'inline; filename="qr.png"', identity.qr_id)
    return container("related", identity.boundary("related"), [html, image])


def _attached(attachment: Attachment) -> bytes:
    return file_part(
        attachment.content_type,
        attachment.content,
        f"attachment; {name_parameter('filename', attachment.filename)}",
    )
