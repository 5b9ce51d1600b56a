"""Webhooks on a test's database: registration tells, endpoints hear."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from services.webhooks.base.changes import Actor
from services.webhooks.base.payloads import OFFERED
from services.webhooks.base.settings import WebhooksSettings
from services.webhooks.base.tables import Delivery, Endpoint, EndpointChange
from services.webhooks.managing.endpoints import Endpoints
from services.webhooks.managing.wishes import Wish
from services.webhooks.resources import Resources, open_resources
from services.webhooks.service import service
from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.eventlog import EventLog
from shared.bus.inbox import receive
from shared.events import Payload
from shared.events.registration import (
    AttendeeErased,
    Conference,
    ConferencePublished,
    Person,
    RegistrationConfirmed,
    Seat,
)
from shared.testing import drain, eventually

ANN = Actor("organiser", "ann@example.org")
SECRET_KEY = "a-secret-for-tests-only"
DAY = datetime(2027, 11, 7, 8, tzinfo=UTC)
CONFERENCE = Conference(
    slug="day",
    title="Journée « nationale »",
    organiser="Ville",
    venue="Palais",
    city="Montreuil",
    timezone="Europe/Paris",
    starts_at=DAY,
    ends_at=DAY + timedelta(hours=8),
    url="https://emarge.example/c/day",
    contact_email="contact@ville.example",
)
PERSON = Person(
    first_name="Zoë", last_name="Ñandú", email="zoe@ville.example", organisation="Ville"
)


def settings_with(**changes: Any) -> WebhooksSettings:
    return WebhooksSettings(
        **{
            "service": "webhooks",
            "service_token": SECRET_KEY,
            "secret_key": SECRET_KEY,
            "webhook_allow": "127.0.0.0/8",
            "redis_url": "redis://127.0.0.1:1/0",  # nobody listens for nudges here
            **changes,
        }
    )


def confirmed(registration_id: str = "r-1", slug: str = "day") -> RegistrationConfirmed:
    return RegistrationConfirmed(
        registration_id=registration_id,
        code="K7PX-4MDR",
        revision=1,
        status="confirmed",
        person=PERSON,
        conference=CONFERENCE.model_copy(update={"slug": slug}),
        seats=(
            Seat(
                session="a",
                title="Atelier",
                kind="workshop",
                starts_at=DAY,
                ends_at=DAY + timedelta(hours=1),
                state="held",
            ),
        ),
        manage_url="https://emarge.example/r/a-key-that-acts",
        registered_by="Noël Colleague",
    )


@dataclass
class House:
    database: Database
    settings: WebhooksSettings = field(default_factory=settings_with)
    resources: Resources = field(init=False)

    def __post_init__(self) -> None:
        self.resources = open_resources(self.settings, self.database)
        self._heard = 0

    def endpoints(self, slug: str = "day") -> Endpoints:
        return Endpoints(self.database, self.resources.seals, self.resources.log, slug)

    def endpoint(self, url: str, *types: str, slug: str = "day", personal: bool = False) -> str:
        """The id of a new one; of all types, where none are named."""
        wish = Wish(url, types or tuple(OFFERED), contact="ann@example.org", personal=personal)
        made, _ = self.endpoints(slug).create(wish, ANN)
        return str(made.id)

    def publish(self) -> None:
        """The day is known."""
        self.tell(ConferencePublished(conference=CONFERENCE, sessions=(), programme_version=1))
        self.work()

    def tell(self, *facts: Payload) -> None:
        """Registration says so, and it is filed here."""
        with self.database.begin() as connection:
            for fact in facts:
                subject = getattr(fact, "registration_id", getattr(fact, "speaker_id", None))
                EventLog("registration").append(connection, fact, subject=subject)
        self.hear()

    def hear(self, *, again: bool = False) -> None:
        """File what the log has that was not filed; `again`, all of it once more."""
        position = 0 if again else self._heard
        page = eventlog.page(self.database, position, 1000)
        news = [json.loads(event) for event in page.events]
        with self.database.begin() as connection:
            receive(connection, "registration", news, service.lanes, service.flows)
        self._heard = max([self._heard, *(event["position"] for event in news)])

    def erase(self, registration_id: str = "r-1") -> None:
        erased_at = datetime.now(UTC)
        self.tell(
            AttendeeErased(registration_id=registration_id, conference="day", erased_at=erased_at)
        )

    def work(self) -> None:
        """Do all that is due, what is on its way included."""
        while drain(service, self.database, self.resources):
            eventually(self._nothing_under_way, timeout=30)

    def _nothing_under_way(self) -> bool:
        with self.database.read() as connection:
            wanted = select(EndpointChange.endpoint_id).distinct()
            known = connection.execute(wanted).scalars().all()
        return not any(map(self.resources.courier.under_way, known))

    def start(self) -> None:
        """Do what is due, and wait for nothing that is on its way."""
        drain(service, self.database, self.resources)

    def deliveries(self, endpoint_id: str | None = None) -> list[Row[Any]]:
        wanted = select(*Delivery.__table__.columns).order_by(Delivery.id)
        if endpoint_id:
            wanted = wanted.where(Delivery.endpoint_id == endpoint_id)
        with self.database.read() as connection:
            return list(connection.execute(wanted).all())

    def states(self, endpoint_id: str | None = None) -> list[str]:
        return [row.state for row in self.deliveries(endpoint_id)]

    def row(self, endpoint_id: str) -> Row[Any]:
        with self.database.read() as connection:
            wanted = select(*Endpoint.__table__.columns).where(Endpoint.id == endpoint_id)
            return connection.execute(wanted).one()

    def published(self, type_: str) -> list[dict[str, Any]]:
        """What this service told, by type, and `about` whom: registration's is in the same log."""
        told = map(json.loads, eventlog.page(self.database, 0, 1000).events)
        return [
            {**event["data"], "about": event.get("subject")}
            for event in told
            if event["type"] == type_
        ]
