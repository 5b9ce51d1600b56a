"""A day, a person and their place, for the tests of notifications."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.events import Event, new_event
from shared.events.certificates import CertificateIssued
from shared.events.registration import (
    Conference,
    Person,
    RegistrationConfirmed,
    Seat,
)

REGISTRATION = "01900000-0000-7000-8000-000000000001"
EVENT = UUID("01900000-0000-7000-8000-0000000000aa")
MOMENT = datetime(2019, 10, 1, 8, 30, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: datetime | None = None) -> datetime:
    """A moment of the day, given on the clocks of Paris in winter."""
    midnight = day or datetime(2019, 11, 7, tzinfo=UTC)
    return midnight + timedelta(hours=hour - 1, minutes=minute)


def conference(day: datetime | None = None, **changes: Any) -> Conference:
    fields = {
        "slug": "journee-nationale-2019",
        "title": "Journée nationale — « L'innovation au cœur des territoires »",
        "organiser": "Alliance Villes Emploi",
        "venue": "Palais des congrès de Montreuil",
        "address": "128 rue de Paris, 93100 Montreuil",
        "city": "Montreuil",
        "timezone": "Europe/Paris",
        "starts_at": at(9, day=day),
        "ends_at": at(17, day=day),
        "url": "https://emarge.example/c/journee-nationale-2019",
        "contact_email": "contact@villes-emploi.example",
    }
    return Conference(**{**fields, **changes})


def seat(session: str = "atelier-1", state: str = "held", **changes: Any) -> Seat:
    day = changes.pop("day", None)
    fields = {
        "session": session,
        "title": f"Atelier : {session}",
        "kind": "workshop",
        "room": "Salle République",
        "starts_at": at(10, 15, day=day),
        "ends_at": at(13, 15, day=day),
        "state": state,
    }
    return Seat(**{**fields, **changes})


def meal(**changes: Any) -> Seat:
    day = changes.pop("day", None)
    fields = {"kind": "meal", "room": None, "title": "Cocktail déjeunatoire"}
    times = {"starts_at": at(13, 15, day=day), "ends_at": at(14, 15, day=day)}
    return seat("cocktail", **{**fields, **times, **changes})


def person(**changes: Any) -> Person:
    fields = {
        "first_name": "Élodie",
        "last_name": "Lefèvre-Dûment",
        "email": "elodie@ville.example",
        "organisation": "Ville de Montreuil",
    }
    return Person(**{**fields, **changes})


def place(kind: type[Any] = RegistrationConfirmed, **changes: Any) -> Any:
    fields = {
        "registration_id": REGISTRATION,
        "code": "K7PX-4MDR",
        "revision": 1,
        "status": "confirmed",
        "person": person(),
        "conference": conference(),
        "seats": (seat(), meal()),
        "manage_url": "https://emarge.example/r/token.signature",
    }
    return kind(**{**fields, **changes})


def certificate(**changes: Any) -> CertificateIssued:
    fields = {
        "registration_id": REGISTRATION,
        "code": "C4XW-7HMN-K3PT",
        "attendance_version": 1,
        "person": person(),
        "conference": conference(),
        "minutes": 345,
        "issued_at": at(18),
        "download_url": "https://emarge.example/certificates/C4XW-7HMN-K3PT.pdf?key=secret",
        "verify_url": "https://emarge.example/verify/C4XW-7HMN-K3PT",
    }
    return CertificateIssued(**{**fields, **changes})


def told(data: Any, **changes: Any) -> Event[Any]:
    """The event of this payload, as of now unless another time is given."""
    event = new_event("registration", data, subject=data.registration_id, id=uuid4())
    return event.model_copy(update=changes)
