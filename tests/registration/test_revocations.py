"""Who revoked a certificate stands in the history of the person, and of nobody who was erased."""

import pytest
from sqlalchemy import select

from services.registration.day.headcounts import HeadcountBoard
from services.registration.desk import Desk
from services.registration.history.tables import Act
from services.registration.people.erasing import erase
from services.registration.seats.answers import Registered
from services.registration.seats.registering import register
from services.registration.service import Resources, service
from shared.base.clock import now
from shared.bus.inbox import receive
from shared.events import new_event
from shared.events.certificates import CertificateRevoked
from shared.testing import drain
from tests.registration.days import someone
from tests.registration.test_day_itself import hear_of_certificate

BOSS = "boss@example.org"


@pytest.fixture
def resources(desk: Desk, redis_url: str) -> Resources:
    return Resources(desk, HeadcountBoard(redis_url, desk.database))


@pytest.fixture
def person(desk: Desk, open_day, resources: Resources) -> Registered:
    open_day(2)
    registered = register(desk, "day", someone(1, "a"))
    hear_of_certificate(desk, registered, "its-key")
    drain(service, desk.database, resources)
    return registered


def hear_of_revocation(desk: Desk, person: Registered) -> None:
    revoked = CertificateRevoked(
        registration_id=person.id,
        conference="day",
        code="3ACDE-FGHJK",
        reason="was not there",
        revoked_at=now(),
        actor_kind="organiser",
        actor=BOSS,
    )
    event = new_event("certificates", revoked, subject=person.id).model_dump(mode="json")
    with desk.database.begin() as connection:
        receive(connection, "certificates", [event | {"position": 2}], service.lanes)


def revocations(desk: Desk) -> list[tuple[str | None, ...]]:
    columns = (Act.registration_id, Act.actor_name, Act.reason)
    with desk.database.read() as connection:
        found = connection.execute(select(*columns).where(Act.what == "certificate.revoked"))
        return [tuple(row) for row in found]


def test_it_says_who_and_why(desk: Desk, person: Registered, resources: Resources) -> None:
    hear_of_revocation(desk, person)
    drain(service, desk.database, resources)
    assert revocations(desk) == [(person.id, BOSS, "was not there")]


def test_nothing_of_who_was_erased(desk: Desk, person: Registered, resources: Resources) -> None:
    erase(desk, person.id)
    hear_of_revocation(desk, person)
    drain(service, desk.database, resources)
    assert revocations(desk) == []
