"""What the web process works with."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from services.certificates.base.links import Links
from services.certificates.base.settings import CertificatesSettings
from services.certificates.resources import open_log
from services.certificates.verification.verifying import (
    Verdict,
    verify_brought,
    verify_code,
    verify_file,
)
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.http.limits import FILES, Limit, Limits, SharedLimits
from shared.http.standing import Standing
from shared.storage import Storage, open_storage

if TYPE_CHECKING:
    from services.certificates.designs.drafting import Drafting

# What is right is looked at first and never counts: nobody is locked out by who guesses behind the
# same address. That a guess hits is kept away by the length of codes and keys alone.
GUESSES = Limit("guessed certificate codes", most=20, every=6)


@dataclass(frozen=True)
class Desk:
    settings: CertificatesSettings
    database: Database
    storage: Storage
    links: Links
    log: EventLog
    limits: Limits = field(default_factory=Limits)

    @cached_property
    def drafting(self) -> "Drafting":
        """For the organiser who works on a design: only then does this process load the engine."""
        from services.certificates.designs.drafting import Drafting

        return Drafting(self.settings, self.database)

    @cached_property
    def standing(self) -> Standing:
        return Standing(self.settings)

    def verify(self, typed: str, network: str) -> Verdict:
        """What became of a code; raises TooManyTries. A code that cannot be one costs no try."""
        with self.database.read() as connection:
            verdict = verify_code(connection, typed)
        if verdict.finding == "unknown":
            self.count_guess(network)
        return verdict

    def verify_content(self, content: bytes, network: str) -> Verdict:
        """What became of a file; raises TooManyTries. A document as it was issued costs no try."""
        with self.database.read() as connection:
            verdict = verify_file(connection, content)
        if verdict is not None:
            return verdict
        self.limits.claim(FILES, network)
        with self.database.read() as connection:
            return verify_brought(connection, content)

    def count_guess(self, network: str) -> None:
        """From there came a code that does not exist, or a key that does not open it; raises
        TooManyTries once there were too many."""
        self.limits.claim(GUESSES, network)


def open_desk(settings: CertificatesSettings, database: Database) -> Desk:
    return Desk(
        settings=settings,
        database=database,
        storage=open_storage(settings.storage_url),
        links=Links(settings.public_url),
        log=open_log(settings),
        limits=SharedLimits(settings.redis_url),
    )


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]
