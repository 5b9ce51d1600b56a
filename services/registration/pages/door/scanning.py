"""What the volunteer at a door is told: may this person come in here, and if not, why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from services.registration.base.refusals import (
    CodeUnknown,
    Invalid,
    NotFound,
    NotOnTheDay,
    RegistrationCancelled,
)
from services.registration.day.attendance import Passage, Passed, pass_door
from services.registration.day.presence import Direction
from services.registration.desk import Desk
from services.registration.programme.facts import Conference, Session
from services.registration.programme.programmes import load_conference
from services.registration.seats.records import (
    CODE_GROUP,
    CODE_LENGTH,
    Record,
    Seat,
    read_record_by_code,
    read_seats,
)
from shared.words.codes import parse_code

Kind = Literal[
    "welcome",
    "goodbye",
    "already-in",
    "already-out",
    "wrong-workshop",
    "waitlisted",
    "cancelled",
    "unknown",
    "misread",
    "not-today",
]
Mood = Literal["good", "warn", "bad"]
MOODS: dict[Kind, Mood] = {
    "welcome": "good",
    "goodbye": "good",
    "already-in": "warn",
    "already-out": "warn",
    "wrong-workshop": "bad",
    "waitlisted": "warn",
    "cancelled": "bad",
    "unknown": "bad",
    "misread": "warn",
    "not-today": "bad",
}


@dataclass(frozen=True)
class Door:
    """Where the volunteer stands; no session is the door of the day."""

    session: Session | None = None
    direction: Direction = "in"


@dataclass(frozen=True)
class Outcome:
    """What is shown after a scan. `code` is given when they may be let in all the same, `since`
    when it was so already; `expected` is false for who was let in without a place here."""

    kind: Kind
    record: Record | None = None
    workshops: Sequence[Session] = ()
    code: str = ""
    since: datetime | None = None
    expected: bool = True

    @property
    def mood(self) -> Mood:
        return MOODS[self.kind]


def scan(
    desk: Desk,
    slug: str,
    text: str,
    door: Door,
    *,
    anyway: bool = False,
    at: datetime | None = None,
) -> Outcome:
    """Record the passage, unless the volunteer should think first. Raises NotFound for the day.

    With `anyway` they have thought, or the person is in already.
    """
    if not anyway and door.direction == "in":
        with desk.database.read() as connection:
            doubt = _doubt(connection, load_conference(connection, slug), text, door)
        if doubt is not None:
            return doubt
    session = door.session.slug if door.session else None
    try:
        passed = pass_door(desk, slug, Passage(text, door.direction, session, at))
    except CodeUnknown:
        return Outcome("unknown")
    except Invalid:
        return Outcome("misread")
    except RegistrationCancelled:
        return Outcome("cancelled")
    except NotOnTheDay:
        return Outcome("not-today")
    return _passed(passed, door)


def _doubt(connection: Connection, conference: Conference, text: str, door: Door) -> Outcome | None:
    """Why someone whose code is good should not come in here; None when nothing speaks against."""
    code = parse_code(text, CODE_LENGTH, CODE_GROUP)
    if code is None:
        return Outcome("misread")
    try:
        record = read_record_by_code(connection, code)
    except NotFound:
        return Outcome("unknown")
    if record.conference_id != conference.id or record.erased_at is not None:
        return Outcome("unknown")
    seats = read_seats(connection, conference, record.id)
    if record.status == "cancelled":
        return Outcome("cancelled", record)
    if door.session is not None and door.session.is_chosen:
        if not any(s.session.id == door.session.id and s.state == "held" for s in seats):
            return Outcome("wrong-workshop", record, _instead(seats, door.session), code)
    elif record.status == "waitlisted":
        return Outcome("waitlisted", record, _held(seats), code)
    return None


def _passed(passed: Passed, door: Door) -> Outcome:
    inwards = door.direction == "in"
    kind: Kind = "welcome" if inwards else "goodbye"
    if passed.since is not None:
        kind = "already-in" if inwards else "already-out"
    return Outcome(
        kind,
        passed.record,
        _held(passed.seats),
        since=passed.since,
        expected=passed.expected or not inwards,
    )


def _held(seats: Sequence[Seat]) -> list[Session]:
    return [s.session for s in seats if s.state == "held" and s.session.is_workshop]


def _instead(seats: Sequence[Seat], here: Session) -> list[Session]:
    """Where the person's place is at this hour, or else at any."""
    held = _held(seats)
    return [session for session in held if session.overlaps(here)] or held
