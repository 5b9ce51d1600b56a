"""What the handlers work with, opened once per worker process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from services.sheets.base.settings import NAME, SheetsSettings
from services.sheets.funder.bundling import Bundler
from services.sheets.pictures.keyring import picture_keys
from services.sheets.sealing.sealing import Sealer
from services.sheets.signing.parties import Signing
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.nudge import Nudge
from shared.documents.writing import DocumentSigner
from shared.storage import Storage, open_storage


@dataclass(frozen=True)
class Resources:
    """`signing` has the database, the keys of pictures and the event log too. `feeds`: where other
    services answer."""

    signing: Signing
    storage: Storage
    service_token: Sequence[SecretStr] = ()
    signer: DocumentSigner | None = None
    public_url: str = ""
    feeds: Mapping[str, str] = field(default_factory=dict)

    @property
    def sealer(self) -> Sealer:
        signing = self.signing
        return Sealer(
            signing.database,
            self.storage,
            signing.keyring,
            signing.log,
            self.signer,
            self.public_url,
        )

    @property
    def bundler(self) -> Bundler:
        return Bundler(self.signing.database, self.storage, self.signing.keyring, self.feeds)

    @property
    def database(self) -> Database:
        return self.signing.database

    @property
    def log(self) -> EventLog:
        return self.signing.log


def open_log(settings: SheetsSettings) -> EventLog:
    return EventLog(NAME, Nudge(settings.redis_url, NAME))


def open_signing(settings: SheetsSettings, database: Database) -> Signing:
    """For workers and pages. Raises Misconfigured without EMARGE_PICTURE_KEYS."""
    return Signing(database, picture_keys(settings.picture_keys), open_log(settings))


def open_resources(settings: SheetsSettings, database: Database) -> Resources:
    # Whoever signs documents is for workers; no other process should carry it.
    from shared.documents.signing.key import load_signer

    return Resources(
        open_signing(settings, database),
        open_storage(settings.storage_url),
        settings.service_token,
        load_signer(settings),
        settings.public_url,
        settings.feeds,
    )
