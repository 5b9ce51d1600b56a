"""Notifications with a mail server that keeps what it gets."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select, update

from deploy.local.smtp_sink import SmtpSink
from services.notifications.base.settings import NotificationsSettings
from services.notifications.delivery.log import listed
from services.notifications.resources import Resources, open_resources
from services.notifications.service import service
from shared.base.database import Database
from shared.bus.inbox import JobRow, receive
from shared.events import Event
from shared.events.registration import RegistrationCancelled, RegistrationWaitlisted
from shared.testing import drain
from tests.notifications.programmes import FIRST, published, someone


@dataclass
class Office:
    """Notifications at work in this process, on a real database and a real mail server."""

    database: Database
    sink: SmtpSink
    resources: Resources

    def hear(self, *events: Event[Any]) -> None:
        """Events arrive in the inbox, and everything that is due is done."""
        self.receive(*events)
        self.work()

    def receive(self, *events: Event[Any]) -> None:
        envelopes = [
            json.loads(event.model_copy(update={"position": number}).model_dump_json())
            for number, event in enumerate(events, start=1)
        ]
        with self.database.begin() as connection:
            receive(connection, "registration", envelopes, service.lanes)

    def work(self, lease: float = 60.0) -> int:
        return drain(service, self.database, self.resources, lease=timedelta(seconds=lease))

    def make_due(self) -> None:
        """What waits for its time is due now."""
        with self.database.begin() as connection:
            moment = select(JobRow.created_at).limit(1).scalar_subquery()
            connection.execute(
                update(JobRow).where(JobRow.state == "waiting").values(next_at=moment)
            )

    @property
    def mails(self) -> list[EmailMessage]:
        return self.sink.mailbox.messages()

    @property
    def log(self) -> list[dict[str, Any]]:
        with self.database.read() as connection:
            return listed(connection)

    @property
    def jobs(self) -> list[dict[str, Any]]:
        statement = select(*JobRow.__table__.columns).order_by(JobRow.id)
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]


@pytest.fixture
def make_settings(monkeypatch) -> Callable[..., NotificationsSettings]:
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", "a-token-for-the-feeds")
    monkeypatch.setenv("EMARGE_SECRET_KEY", "a-secret-for-tests-only")

    def make(**changes: Any) -> NotificationsSettings:
        fields = {
            "mail_from": "Emarge <emarge@emarge.example>",
            "public_url": "https://emarge.example",
        }
        return NotificationsSettings(service="notifications", **{**fields, **changes})

    return make


@pytest.fixture
def office(database, smtp_sink, make_settings) -> Iterator[Office]:
    settings = make_settings(smtp_url=smtp_sink.url)
    opened = open_resources(settings, database)
    yield Office(database, smtp_sink, opened)
    opened.transport.close()


@pytest.fixture
def other_office(office, make_settings) -> Iterator[Callable[..., Office]]:
    """The same with other settings."""
    opened: list[Office] = []

    def other(**changes: Any) -> Office:
        settings = make_settings(**{"smtp_url": office.sink.url, **changes})
        resources = open_resources(settings, office.database)
        opened.append(Office(office.database, office.sink, resources))
        return opened[-1]

    yield other
    for one in opened:
        one.resources.transport.close()


@pytest.fixture
def crowd(office):
    """One in a, one in b, one waiting for a, one who cancelled."""
    office.hear(
        published(FIRST),
        someone(1, "a"),
        someone(2, "b"),
        someone(3, "a", RegistrationWaitlisted, "waiting", status="waitlisted"),
        someone(4, "a", RegistrationCancelled, status="cancelled"),
    )
    return office
