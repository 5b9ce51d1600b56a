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
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from services.notifications.writing.headers import WIRE, Encoded, set_address, set_text
from services.notifications.writing.letters import Letter
from services.notifications.writing.mime import file_part, fill_container, text_part

Email = EmailMessage  # what `compose` makes


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
    """A file: its name in ASCII, its type with parameters, its bytes."""

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
) -> EmailMessage:
    """The email, ready for `as_bytes()`."""
    message = EmailMessage(policy=WIRE)
    set_address(message, "From", sender.name, sender.address)
    set_address(message, "To", recipient.name, recipient.address)
    set_address(message, "Reply-To", reply_to.name, reply_to.address)
    set_text(message, "Subject", letter.subject)
    set_text(message, "Date", format_datetime(identity.moment))
    set_text(message, "Message-ID", identity.message_id)
    set_text(message, "Auto-Submitted", "auto-generated")
    set_text(message, "Content-Language", letter.language)
    if unsubscribing:
        _set_unsubscribe(message, unsubscribing)
    set_text(message, "MIME-Version", "1.0")
    words = fill_container(
        EmailMessage(policy=WIRE),
        "alternative",
        identity.boundary("alternative"),
        [text_part("plain", letter.text), _html(letter, identity, qr)],
    )
    files = [_attached(attachment) for attachment in attachments]
    return fill_container(message, "mixed", identity.boundary("mixed"), [words, *files])


def _set_unsubscribe(message: EmailMessage, unsubscribing: Unsubscribing) -> None:
    address = f"<mailto:{unsubscribing.address}?subject=unsubscribe>"
    message["List-Unsubscribe"] = Encoded(f"<{unsubscribing.url}>,\r\n {address}")
    message["List-Unsubscribe-Post"] = Encoded("List-Unsubscribe=One-Click")


def _html(letter: Letter, identity: Identity, qr: bytes | None) -> EmailMessage:
    html = text_part("html", letter.html)
    if qr is None:
        return html
    image = file_part("image/png", qr, 'inline; filename="qr.png"', identity.qr_id)
    related = EmailMessage(policy=WIRE)
    return fill_container(related, "related", identity.boundary("related"), [html, image])


def _attached(attachment: Attachment) -> EmailMessage:
    return file_part(
        attachment.content_type,
        attachment.content,
        f'attachment; filename="{attachment.filename}"',
    )
