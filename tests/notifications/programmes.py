"""Programmes and their events, somebody of the day, and what they were sent, for the tests of what
changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.events import Event, new_event
from shared.events.differences import differences
from shared.events.registration import (
    ConferenceCancelled,
    ConferenceChanged,
    ConferencePublished,
    Programme,
    Session,
)
from tests.notifications.day import at, conference, person, place, seat
from tests.notifications.day import told as told_of

PARIS = ZoneInfo("Europe/Paris")
SOON = datetime.combine(datetime.now(PARIS).date(), time(), UTC) + timedelta(days=20)
SLUG = "journee-nationale-2019"


def session(name: str, chosen: bool = True, day=SOON, **changes) -> Session:
    fields = {
        "session": name,
        "title": f"Atelier : {name}",
        "kind": "workshop" if chosen else "plenary",
        "room": "Salle République",
        "starts_at": at(10, 15, day=day),
        "ends_at": at(13, 15, day=day),
        "chosen": chosen,
    }
    return Session(**{**fields, **changes})


def programme(version: int = 1, *, day=SOON, without: str = "", of=None, **sessions) -> Programme:
    """Two workshops and a plenary; `sessions` says what differs of a session, by its id."""
    plenary = {"starts_at": at(9, 30, day=day), "ends_at": at(10, day=day)}
    known = {"a": (True, {}), "b": (True, {}), "plenary": (False, plenary)}
    return Programme(
        conference=conference(day, **(of or {})),
        sessions=tuple(
            session(name, chosen, day, **fields, **sessions.get(name, {}))
            for name, (chosen, fields) in known.items()
            if name != without
        ),
        programme_version=version,
    )


def published(said: Programme) -> Event:
    return new_event("registration", ConferencePublished(**dict(said)))


def changed(said: Programme, before: Programme, *, tell: bool = True, note: str = "") -> Event:
    found = differences(before, said)
    return new_event(
        "registration", ConferenceChanged(**dict(said), differences=found, tell=tell, note=note)
    )


def cancelled(said: Programme, reason: str = "Les trains sont en grève.") -> Event:
    return new_event("registration", ConferenceCancelled(**dict(said), reason=reason))


def someone(number: int, workshop: str = "a", kind=None, state: str = "held", **changes) -> Event:
    fields = {
        "registration_id": f"r{number}",
        "person": person(first_name=f"Zoé{number}", email=f"zoe{number}@ville.example"),
        "conference": conference(SOON),
        "seats": (seat(workshop, state, day=SOON),) if workshop else (),
        "programme_version": 1,
        **changes,
    }
    return told_of(place(kind, **fields) if kind else place(**fields))


FIRST = programme()


def sent(office, kind: str = "notice") -> list[str]:
    rows = [row for row in office.log if row["kind"] == kind and row["state"] == "sent"]
    return sorted(row["registration_id"] for row in rows)


def letter(office, kind: str = "notice", number: int = 1):
    wanted = [
        row["message_id"]
        for row in office.log
        if row["kind"] == kind and row["registration_id"] == f"r{number}"
    ]
    [mail] = [mail for mail in office.mails if mail["Message-ID"] == wanted[-1]]
    return mail


def text(mail) -> str:
    return mail.get_body(("plain",)).get_content().replace("\u00a0", " ").replace("\u202f", " ")


def attached(mail) -> dict[str, str]:
    return {
        part.get_filename(): part.get_content().replace("\r\n", "\n").replace("\n ", "")
        for part in mail.iter_attachments()
        if part.get_filename().endswith(".ics")
    }
