"""The folder in which the SMTP sink keeps what it accepted: one .eml file an email."""

import email
import email.policy
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage, Message
from pathlib import Path


class NoSuchMail(KeyError):
    """No email of that id was accepted."""


@dataclass(frozen=True)
class Stored:
    """One delivery: its envelope and what the list shows of it."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    received_at: float


@dataclass(frozen=True)
class Part:
    """An attachment or an inline image; `content_id` without its angle brackets."""

    number: int
    name: str
    content_type: str
    content_id: str
    content: bytes


class Mailbox:
    """Written by one sink; read by anybody at any time: a file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._count = 0

    def store(
        self,
        sender: str,
        recipients: Sequence[str],
        content: bytes,
        arrived_ns: int | None = None,
    ) -> str:
        """Keep one delivery; the returned id sorts in order of arrival, now unless it is given in
        nanoseconds since the epoch."""
        self._count += 1
        identity = f"{arrived_ns or time.time_ns():020d}-{os.getpid()}-{self._count}"
        envelope = (
            f"X-Sink-Sender: {sender}\r\nX-Sink-Recipients: {json.dumps(list(recipients))}\r\n"
        )
        unfinished = self.folder / f".{identity}"
        unfinished.write_bytes(envelope.encode() + content)
        unfinished.replace(self.folder / f"{identity}.eml")
        return identity

    def ids(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.eml"))

    def raw(self, identity: str) -> bytes:
        """The email as a file; raises NoSuchMail."""
        path = self.folder / f"{Path(identity).name}.eml"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise NoSuchMail(identity) from None

    def message(self, identity: str) -> EmailMessage:
        return email.message_from_bytes(self.raw(identity), policy=email.policy.default)

    def messages(self) -> list[EmailMessage]:
        return [self.message(identity) for identity in self.ids()]

    def stored(self, identity: str) -> Stored:
        """The headers only: a list of a thousand emails must not parse their attachments."""
        head = self.raw(identity).partition(b"\r\n\r\n")[0]
        message = email.message_from_bytes(head, policy=email.policy.default)
        return Stored(
            id=identity,
            sender=str(message["X-Sink-Sender"]),
            recipients=tuple(json.loads(str(message["X-Sink-Recipients"]))),
            subject=str(message["Subject"] or ""),
            message_id=str(message["Message-ID"] or ""),
            received_at=int(identity.partition("-")[0]) / 1e9,
        )

    def clear(self) -> None:
        for path in self.folder.glob("*.eml"):
            path.unlink(missing_ok=True)


def body(message: EmailMessage, kind: str) -> str | None:
    """The text of the 'plain' or 'html' part."""
    part = message.get_body(preferencelist=(kind,))
    return None if part is None else str(part.get_content())


def parts(message: EmailMessage) -> list[Part]:
    """Everything that is neither the text nor the HTML, numbered in order."""
    bodies = {message.get_body(preferencelist=(kind,)) for kind in ("plain", "html")}
    leaves = [part for part in message.walk() if not part.is_multipart() and part not in bodies]
    return [
        Part(
            number=number,
            name=part.get_filename() or f"part-{number}",
            content_type=part.get_content_type(),
            content_id=str(part["Content-ID"] or "").strip("<> "),
            content=_content(part),
        )
        for number, part in enumerate(leaves)
    ]


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
