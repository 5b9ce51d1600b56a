"""What the web process works with."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from services.certificates.base.links import Links
from services.certificates.base.settings import CertificatesSettings
from services.certificates.verification.throttle import Throttle
from services.certificates.verification.verifying import Verdict, verify_code
from shared.base.database import Database
from shared.storage import Storage, open_storage

if TYPE_CHECKING:
    from services.certificates.designs.drafting import Drafting
    from services.certificates.engine import Signer


class TooManyTries(Exception):
    """This address has named too many codes that do not exist; `wait` seconds before the next."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"wait {wait:.0f} s")
        self.wait = wait


@dataclass(frozen=True)
class Desk:
    settings: CertificatesSettings
    database: Database
    storage: Storage
    links: Links
    throttle: Throttle = field(default_factory=Throttle)

    @cached_property
    def signer(self) -> "Signer | None":
        """For the few badges that are asked for: only then does this process load the engine."""
        from services.certificates.signing.key import load_signer

        return load_signer(self.settings)

    @cached_property
    def drafting(self) -> "Drafting":
        """For the organiser who works on a design, as above."""
        from services.certificates.designs.drafting import Drafting

        return Drafting(self.settings, self.database)

    def verify(self, typed: str, address: str) -> Verdict:
        """What became of a code; raises TooManyTries. A code that cannot be one costs no try."""
        self.check_allowance(address)
        with self.database.read() as connection:
            verdict = verify_code(connection, typed)
        if verdict.finding == "unknown":
            self.throttle.miss(address)
        return verdict

    def check_allowance(self, address: str) -> None:
        if wait := self.throttle.wait(address):
            raise TooManyTries(wait)


def open_desk(settings: CertificatesSettings, database: Database) -> Desk:
    return Desk(
        settings=settings,
        database=database,
        storage=open_storage(settings.storage_url),
        links=Links(settings.public_url),
    )


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def address_of(request: Request) -> str:
    """Where the visitor connects from."""
    return request.client.host if request.client else ""


AtDesk = Annotated[Desk, Depends(desk_of)]
Address = Annotated[str, Depends(address_of)]
