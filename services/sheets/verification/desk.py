"""What the pages of sealed sheets work with."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from services.sheets.base.settings import SheetsSettings
from services.sheets.funder.bundling import Bundler
from services.sheets.sealing.verification import (
    Verdict,
    verify_brought,
    verify_code,
    verify_file,
)
from shared.base.database import Database
from shared.http.limits import FILES, Limit, Limits, SharedLimits
from shared.storage import Storage, open_storage

# What is right is looked at first and never counts: nobody is locked out by who guesses behind the
# same address. That a guess hits is kept away by the length of codes alone.
GUESSES = Limit("guessed codes of sheets", most=20, every=6)


class TooManyTries(Exception):
    """From this network came too many codes that do not exist, or files to look
    into; `wait` seconds before the next."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"wait {wait:.0f} s")
        self.wait = wait


@dataclass(frozen=True)
class SealedDesk:
    settings: SheetsSettings
    database: Database
    storage: Storage
    limits: Limits = field(default_factory=Limits)

    @property
    def bundler(self) -> Bundler:
        return Bundler(self.database, self.storage)

    def verify(self, typed: str, network: str) -> Verdict:
        """What became of a code; raises TooManyTries. A code that cannot be one costs no try."""
        with self.database.read() as connection:
            verdict = verify_code(connection, typed)
        if verdict.finding == "unknown" and not self.limits.take(GUESSES, network):
            raise TooManyTries(self.limits.wait(GUESSES, network))
        return verdict

    def verify_content(self, content: bytes, network: str) -> Verdict:
        """What became of a file; raises TooManyTries, Busy. A PDF as it was sealed costs no try."""
        with self.database.read() as connection:
            verdict = verify_file(connection, content)
        if verdict is not None:
            return verdict
        if not self.limits.take(FILES, network):
            raise TooManyTries(self.limits.wait(FILES, network))
        return verify_brought(self.database, content)


def open_sealed_desk(settings: SheetsSettings, database: Database) -> SealedDesk:
    storage = open_storage(settings.storage_url)
    return SealedDesk(settings, database, storage, SharedLimits(settings.redis_url))


def desk_of(request: Request) -> SealedDesk:
    desk: SealedDesk = request.app.state.sealed
    return desk


AtDesk = Annotated[SealedDesk, Depends(desk_of)]
