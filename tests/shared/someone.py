"""A person in the contracts, and where words about her are still found."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row

from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.inbox import Lane, receive
from shared.events import Kind, Payload, new_event
from shared.events.certificates import CertificateIssued
from shared.events.registration import (
    AttendeeErased,
    Conference,
    Person,
    RegistrationConfirmed,
)

NOON = datetime(2019, 11, 7, 12, tzinfo=UTC)
LANES: dict[Kind, Lane] = {
    (RegistrationConfirmed.type, 1): "main",
    (CertificateIssued.type, 1): "main",
}
WORDS = ("Ada", "Lovelace", "ada@", "Analytical", "Babbage", "secret")


def confirmed(first_name: str = "Ada") -> RegistrationConfirmed:
    return RegistrationConfirmed(
        registration_id="r-1",
        code="CODE1",
        revision=1,
        status="confirmed",
        person=Person(
            first_name=first_name,
            last_name="Lovelace",
            email=f"{first_name.lower()}@example.org",
            organisation="Analytical Engines",
        ),
        conference=CONFERENCE,
        seats=(),
        manage_url="https://example.org/r/secret",
        registered_by="Charles Babbage",
    )


def issued() -> CertificateIssued:
    return CertificateIssued(
        registration_id="r-1",
        code="C4XW",
        attendance_version=1,
        person=confirmed().person,
        conference=CONFERENCE,
        minutes=60,
        issued_at=NOON,
        download_url="https://example.org/secret.pdf",
        verify_url="https://example.org/v/C4XW",
    )


CONFERENCE = Conference(
    slug="day",
    title="The day",
    organiser="Alliance Villes Emploi",
    venue="La Sorbonne",
    city="Paris",
    timezone="Europe/Paris",
    starts_at=NOON,
    ends_at=NOON,
    url="https://example.org/c/day",
    contact_email="contact@example.org",
)
ERASED = AttendeeErased(registration_id="r-1", erased_at=NOON)


registration = EventLog("registration")
certificates = EventLog("certificates")


def tell(publisher: Database, log: EventLog, data: Payload, subject: str = "r-1") -> None:
    with publisher.begin() as connection:
        log.append(connection, data, subject=subject)


def file(connection: Connection, data: Payload, position: int = 1) -> None:
    event = new_event("elsewhere", data, subject="r-1")
    envelope = {**event.model_dump(mode="json"), "position": position}
    receive(connection, "elsewhere", [envelope], LANES)


def words_in(*rows: Any) -> list[str]:
    return [word for word in WORDS if word in whole(rows)]


def whole(value: Any) -> str:
    """A row prints itself shortened."""
    if isinstance(value, Row | list | tuple):
        return " ".join(map(whole, value))
    return str(value)
