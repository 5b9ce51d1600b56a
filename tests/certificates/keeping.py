"""What tests of preservation share: documents extended in no time, and a clock that moves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from services.certificates.base.preservation import Extended
from services.certificates.base.tables import Document
from services.certificates.preservation import asking
from shared.base import clock
from shared.base.clock import now
from tests.certificates.service_doubles import House

YEAR = timedelta(days=365)


@dataclass
class Lengthening:
    """`Preserver` that adds a line, which carries so long; `fails` is raised instead."""

    wants_new: bool = True
    carries: timedelta = 6 * YEAR
    fails: Exception | None = None
    asked: list[datetime] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def extend(self, pdf: bytes, made_at: datetime) -> Extended:
        self.asked.append(made_at)
        if self.fails is not None:
            raise self.fails
        self.meanwhile()
        end = now() + self.carries
        return Extended(pdf + f"\n%extended {len(self.asked)}".encode(), holds_until=end)


class Clock:
    """That of the service, which moves when it is told to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._moment = now()
        patch.setattr(clock, "epoch_seconds", lambda: self._moment.timestamp())

    def pass_(self, difference: timedelta) -> None:
        self._moment += difference

    def pass_until(self, moment: datetime) -> None:
        self._moment = moment


def settle(house: House, time: Clock) -> None:
    """What was just issued is preserved."""
    time.pass_(asking.SETTLED)
    house.work()


def of_now(house: House, registration_id: str = "r-1") -> Document:
    """What is known of the file that counts."""
    sha256 = house.record(registration_id).sha256
    with house.database.read() as connection:
        row = connection.execute(
            select(*Document.__table__.columns).where(Document.sha256 == sha256)
        ).one()
    return Document(**row._mapping)  # noqa: SLF001  SQLAlchemy's public name for it
