"""What the handlers work with, opened once per worker process."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Self

from pydantic import SecretStr

from services.certificates.base.badges import Badges
from services.certificates.base.links import Links
from services.certificates.base.minting import Mint
from services.certificates.base.preservation import Preserver
from services.certificates.base.printing import Documents
from services.certificates.base.settings import NAME, CertificatesSettings
from services.certificates.signing.signers import Signers
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.nudge import Nudge
from shared.storage import Storage


@dataclass(frozen=True)
class Resources:
    database: Database
    storage: Storage
    documents: Documents
    signers: Signers
    log: EventLog
    links: Links
    mint: Mint
    badges: Badges
    preserver: Preserver | None = None
    service_token: Sequence[SecretStr] = ()
    lease: timedelta = timedelta(seconds=60)
    # For what waits for disks and networks, side by side.
    hands: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, max_workers=8))
    stock: bool = False  # documents are made without the engine
    close: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """A worker child keeps them for its life; whoever does not, ends the press here."""
        self.close()


def open_log(settings: CertificatesSettings) -> EventLog:
    return EventLog(NAME, Nudge(settings.redis_url, NAME))
