"""What a door must know to decide without a network: who may come in where, and who is in already.

Nothing more of anybody: the list is kept on the volunteers' devices. What people are found by there
is made of name and organisation alone: as a search compares an address, it could still be read.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from services.registration.base import tables
from services.registration.base.person import full_name
from services.registration.day.presence import Scan, repeated
from services.registration.programme.facts import Conference, Session
from services.registration.seats.tables import Standby
from shared.words.folding import sought

_OF_CONFERENCE = (
    tables.Registration.conference_id == bindparam("of_conference"),
    tables.Registration.erased_at.is_(None),
)
_PEOPLE = (
    select(
        tables.Registration.id,
        tables.Registration.code,
        tables.Registration.first_name,
        tables.Registration.last_name,
        tables.Registration.organisation,
        tables.Registration.status,
    )
    .where(*_OF_CONFERENCE)
    .order_by(tables.Registration.last_name, tables.Registration.first_name)
)
_SEATS = (
    select(tables.Seat.registration_id, tables.Seat.session_id, tables.Seat.state)
    .join(tables.Registration, tables.Registration.id == tables.Seat.registration_id)
    .where(*_OF_CONFERENCE)
    .order_by(tables.Seat.ticket)
)
_STANDBY = (
    select(Standby.registration_id, Standby.session_id, Standby.ticket, Standby.freed_at)
    .join(tables.Registration, tables.Registration.id == Standby.registration_id)
    .where(*_OF_CONFERENCE)
)
_SCANNED = (
    tables.Scan.registration_id,
    tables.Scan.session_id,
    tables.Scan.direction,
    tables.Scan.at,
)
_SCANS = (
    select(*_SCANNED)
    .join(tables.Registration, tables.Registration.id == tables.Scan.registration_id)
    .where(*_OF_CONFERENCE)
)
_EXPECTED = (
    select(tables.Conference.present, func.count(tables.Registration.id))
    .select_from(tables.Conference)
    .outerjoin(
        tables.Registration,
        (tables.Registration.conference_id == tables.Conference.id)
        & (tables.Registration.status == "confirmed"),
    )
    .where(tables.Conference.id == bindparam("of_conference"))
    .group_by(tables.Conference.id, tables.Conference.present)
)


def read_door_list(connection: Connection, conference: Conference) -> list[dict[str, Any]]:
    """Each person by name: code, status, sessions held and awaited, their number on the waitlist of
    each, by door when they came in, and by session when their seat was freed, as they were absent.

    The door of the day is "", another one its session; who has left is not inside.
    """
    of = {"of_conference": conference.id}
    slugs = {session.id: session.slug for session in conference.sessions}
    seats: dict[tuple[str, str], list[str]] = defaultdict(list)
    ranks: dict[str, dict[str, int]] = defaultdict(dict)
    waiting: Counter[int] = Counter()
    for registration_id, session_id, state in connection.execute(_SEATS, of):
        seats[registration_id, state].append(slugs[session_id])
        if state == "waiting":
            waiting[session_id] += 1
            ranks[registration_id][slugs[session_id]] = waiting[session_id]
    freed: dict[str, dict[str, str]] = defaultdict(dict)
    for registration_id, session_id, ticket, freed_at in connection.execute(_STANDBY, of):
        slug = slugs[session_id]
        if slug in seats.get((registration_id, "held"), ()):
            continue
        if ticket is not None:
            seats[registration_id, "waiting"].append(slug)
        if freed_at is not None:
            freed[registration_id][slug] = _written(freed_at)
    scans: dict[str, dict[str, list[Scan]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(_SCANS, of):
        door = slugs[row.session_id] if row.session_id else ""
        scans[row.registration_id][door].append(Scan(row.session_id, row.direction, row.at))
    return [
        {
            "code": row.code,
            "name": full_name(row.first_name, row.last_name),
            "organisation": row.organisation or "",
            "sought": sought(row.last_name, row.first_name, row.organisation),
            "status": row.status,
            "held": seats.get((row.id, "held"), []),
            "awaited": seats.get((row.id, "waiting"), []),
            "ranks": ranks.get(row.id, {}),
            "freed": freed.get(row.id, {}),
            "inside": _inside(scans.get(row.id, {})),
        }
        for row in connection.execute(_PEOPLE, of)
    ]


@dataclass(frozen=True)
class DoorCount:
    """How many are in at a door, and of how many who have a place there."""

    present: int
    expected: int


def read_counts(connection: Connection, conference: Conference) -> dict[str, DoorCount]:
    """By door; "" is that of the day. `conference` was read in the same snapshot."""
    present, confirmed = connection.execute(_EXPECTED, {"of_conference": conference.id}).one()
    rooms = {
        session.slug: DoorCount(session.present, session.taken if session.is_chosen else confirmed)
        for session in conference.sessions
    }
    return {"": DoorCount(present, confirmed), **rooms}


def inside_since(
    connection: Connection, registration_ids: Sequence[str], door: Session | None
) -> dict[str, datetime]:
    """Who of them is in at a door, None is that of the day, and since when."""
    scans: dict[str, list[Scan]] = defaultdict(list)
    of_them = select(*_SCANNED).where(
        tables.Scan.registration_id.in_(registration_ids),
        tables.Scan.session_id == (door.id if door else None),
    )
    for row in connection.execute(of_them):
        scans[row.registration_id].append(Scan(row.session_id, row.direction, row.at))
    times = {each: repeated("in", of_one) for each, of_one in scans.items()}
    return {each: moments[0] for each, moments in times.items() if moments}


def _inside(doors: dict[str, list[Scan]]) -> dict[str, list[str]]:
    times = {door: repeated("in", scans) for door, scans in doors.items()}
    return {door: [_written(at) for at in moments] for door, moments in times.items() if moments}


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
