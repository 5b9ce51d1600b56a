"""The groups that an organiser writes to, as conditions on what is known of each registration.

Who was present, and who came late, is known from the events of registration: late is whoever was
first seen after the first session had begun that counts and that they were expected at.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, false, or_

from services.notifications.base import known_programmes
from services.notifications.base.tables import KnownPlace
from shared.base.database import upsert
from shared.events import Event
from shared.events.registration import AttendanceRecorded, AttendanceWithdrawn, Programme

CONFIRMED, WAITLISTED = "confirmed", "waitlisted"
EXPECTED = "expected"  # confirmed or waiting: whom a cancelled day was cancelled for
PRESENT, ABSENT, LATE = "present", "absent", "late"
OF_SESSION = "session:"
CHOSEN = "people:"  # then the ids of registrations, with blanks between them
MOST_CHOSEN = 500
OF_THE_DAY = (CONFIRMED, WAITLISTED, EXPECTED, PRESENT, ABSENT, LATE)

_ON_TIME = timedelta(minutes=1)  # nobody is late before it is a minute past


def group(connection: Connection, conference: str, audience: str) -> list[ColumnElement[bool]]:
    """The conditions of an audience: one of the above, "session:SLUG" or "people:ID ID …"."""
    condition: ColumnElement[bool]
    not_cancelled = KnownPlace.status != "cancelled"
    if audience == EXPECTED:
        condition = KnownPlace.status.in_((CONFIRMED, WAITLISTED))
    elif audience == PRESENT:
        condition = KnownPlace.present.is_(True)
    elif audience == ABSENT:
        condition = and_(KnownPlace.status == CONFIRMED, KnownPlace.present.is_(False))
    elif audience == LATE:
        programme = known_programmes.read(connection, conference).programme
        condition = or_(false(), *_late(programme)) if programme else false()
    elif audience.startswith(OF_SESSION):
        # The event of a cancellation names the seats that are given back.
        condition = _holds(audience.removeprefix(OF_SESSION)) & not_cancelled
    elif audience.startswith(CHOSEN):
        chosen = audience.removeprefix(CHOSEN).split()
        condition = KnownPlace.registration_id.in_(chosen) & not_cancelled
    else:
        condition = KnownPlace.status == audience
    return [KnownPlace.conference == conference, KnownPlace.place.is_not(None), condition]


def note_when_seen(
    connection: Connection, event: Event[AttendanceRecorded | AttendanceWithdrawn]
) -> None:
    """Who is seen leaving was there; what is said without `came_at` is of before it was told."""
    said = event.data
    came_at = said.came_at
    if isinstance(said, AttendanceRecorded) and came_at is None:
        if said.direction == "out":
            return
        came_at = said.at
    _note_presence(connection, said.registration_id, said.conference, came_at, event.time)


def _note_presence(
    connection: Connection,
    registration_id: str,
    conference: str,
    came_at: datetime | None,
    said_at: datetime,
) -> None:
    """Remember when somebody was first seen, even when nothing else is known of them yet, or that
    they were not; what an event of `said_at` says gives way to what a later one said."""
    seen = {"present": came_at is not None, "came_at": came_at, "came_said_at": said_at}
    row = {
        "registration_id": registration_id,
        "conference": conference,
        "revision": 0,
        "calendar": "[]",
        **seen,
    }
    newer = or_(KnownPlace.came_said_at.is_(None), KnownPlace.came_said_at <= said_at)
    connection.execute(
        upsert(connection, KnownPlace)
        .values(row)
        .on_conflict_do_update(index_elements=[KnownPlace.registration_id], set_=seen, where=newer)
    )


def _late(programme: Programme) -> Iterator[ColumnElement[bool]]:
    """After the beginning of one session that they were expected at is after the first of them."""
    for session in programme.sessions:
        if session.counts:
            late = KnownPlace.came_at >= session.starts_at + _ON_TIME
            yield and_(late, _holds(session.session)) if session.chosen else late


def _holds(session: str) -> ColumnElement[bool]:
    return KnownPlace.seats.contains(f" held:{session} ", autoescape=True)
