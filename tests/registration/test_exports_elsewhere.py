"""What certificates says of its exports is in the day's history, as long as there is the day."""

import pytest
from sqlalchemy import select

from services.registration.day.headcounts import HeadcountBoard
from services.registration.desk import Desk
from services.registration.history.tables import Act
from services.registration.service import Resources, service
from shared.bus.inbox import JobRow, receive
from shared.events import new_event
from shared.events.certificates import CertificatesExported
from shared.testing import drain


@pytest.mark.parametrize(("slug", "acts"), [("day", ["export.made"]), ("deleted", [])])
def test_an_archive_that_was_taken(desk: Desk, open_day, redis_url: str, slug, acts) -> None:
    open_day(1, 1)
    taken = CertificatesExported(
        conference=slug, actor_kind="organiser", actor="ann@example.org", count=3
    )
    event = new_event("certificates", taken).model_dump(mode="json")
    with desk.database.begin() as connection:
        receive(connection, "certificates", [event | {"position": 1}], service.lanes)
    drain(service, desk.database, Resources(desk, HeadcountBoard(redis_url, desk.database)))
    with desk.database.read() as connection:
        found = connection.execute(select(Act.what).where(Act.actor_name == "ann@example.org"))
        assert list(found.scalars()) == acts
        states = connection.execute(select(JobRow.state).where(JobRow.source == "certificates"))
        assert set(states.scalars()) == {"done"}
