"""What certificates says of what organisers did is in the day's history, while there is the day."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.registration.day.headcounts import HeadcountBoard
from services.registration.desk import Desk
from services.registration.history.tables import Act
from services.registration.service import Resources, service
from shared.base.clock import now
from shared.bus.inbox import JobRow, receive
from shared.events import new_event
from shared.events.certificates import CertificatesExported, DesignPublished, EmployerLinkChanged
from shared.testing import drain

ANN = "ann@example.org"
UNTIL = now() + timedelta(days=30)


def taken(slug: str) -> CertificatesExported:
    return CertificatesExported(conference=slug, actor_kind="organiser", actor=ANN, count=3)


def made(slug: str) -> EmployerLinkChanged:
    return EmployerLinkChanged(conference=slug, change="made", actor=ANN, expires_at=UNTIL)


def designed(slug: str) -> DesignPublished:
    return DesignPublished(conference=slug, number=3, actor_kind="organiser", actor=ANN)


@pytest.mark.parametrize(
    ("said", "act"),
    [(taken, "export.made"), (made, "employer-link.made"), (designed, "design.published")],
)
@pytest.mark.parametrize("slug", ["day", "deleted"])
def test_what_an_organiser_did_there(
    desk: Desk, open_day, redis_url: str, said, act: str, slug: str
) -> None:
    open_day(1, 1)
    acts = [act] if slug == "day" else []
    event = new_event("certificates", said(slug)).model_dump(mode="json")
    with desk.database.begin() as connection:
        receive(connection, "certificates", [event | {"position": 1}], service.lanes)
    drain(service, desk.database, Resources(desk, HeadcountBoard(redis_url, desk.database)))
    with desk.database.read() as connection:
        found = connection.execute(select(Act.what).where(Act.actor_name == ANN))
        assert list(found.scalars()) == acts
        states = connection.execute(select(JobRow.state).where(JobRow.source == "certificates"))
        assert set(states.scalars()) == {"done"}
