"""What the handlers work with, opened once per worker process."""

from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from services.notifications.base.settings import NotificationsSettings
from services.notifications.sending.folder import FolderTransport
from services.notifications.sending.outcomes import Transport
from services.notifications.sending.server import parse_smtp_url
from services.notifications.sending.smtp import SmtpTransport
from services.notifications.writing.compose import Mailbox
from services.notifications.writing.letters import LetterWriter
from services.notifications.writing.own_words import OwnWords
from shared.base.database import Database
from shared.words.addresses import wire_address

# Of the time a job has: the rest is for writing the email and for its rows.
SHARE_FOR_SENDING = 0.9


@dataclass(frozen=True)
class Resources:
    settings: NotificationsSettings
    database: Database
    transport: Transport
    writer: LetterWriter
    own_words: OwnWords
    sender: Mailbox


def open_resources(settings: NotificationsSettings, database: Database) -> Resources:
    name, address = parseaddr(settings.mail_from)
    writer = LetterWriter()
    return Resources(
        settings=settings,
        database=database,
        transport=_open_transport(settings),
        writer=writer,
        own_words=OwnWords(database, writer),
        sender=Mailbox(name, wire_address(address)),
    )


def _open_transport(settings: NotificationsSettings) -> Transport:
    destination = parse_smtp_url(settings.smtp_url.get_secret_value())
    if isinstance(destination, Path):
        return FolderTransport(destination)
    return SmtpTransport(destination, settings.soft_limit * SHARE_FOR_SENDING)
