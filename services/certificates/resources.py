"""What the handlers work with, opened once per worker process."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from services.certificates.documents import Documents, PrintedDocuments
from services.certificates.engine import Press
from services.certificates.links import Links
from services.certificates.settings import CertificatesSettings
from services.certificates.signers import Signers
from services.certificates.signing_key import load_signer
from services.certificates.templating import Templates
from services.certificates.wording import Wording
from shared.database import Database
from shared.eventlog import EventLog
from shared.nudge import Nudge
from shared.storage import Storage, open_storage

NAME = "certificates"


@dataclass(frozen=True)
class Resources:
    database: Database
    storage: Storage
    documents: Documents
    signers: Signers
    log: EventLog
    links: Links
    close: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """A worker child keeps them for its life; whoever does not, ends the press here."""
        self.close()


def open_resources(settings: CertificatesSettings, database: Database) -> Resources:
    links = Links(settings.public_url)
    press = Press()
    return Resources(
        database=database,
        storage=open_storage(settings.storage_url),
        documents=PrintedDocuments(
            templates=Templates(database, press, settings.check_one_in),
            wording=Wording(links, settings.signatory_name, settings.signatory_title),
            signer=load_signer(settings),
        ),
        signers=Signers(),
        log=open_log(settings),
        links=links,
        close=press.close,
    )


def open_log(settings: CertificatesSettings) -> EventLog:
    return EventLog(NAME, Nudge(settings.redis_url, NAME))
