"""Check-in and check-out at the doors. Scans may come late, twice and in any order."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, bindparam, select, update

from services.registration.base import tables
from services.registration.base.refusals import (
    CodeUnknown,
    Fault,
    Invalid,
    NotOnTheDay,
    RegistrationCancelled,
)
from services.registration.day.certifying import certify, read_attended
from services.registration.day.presence import Direction, Scan, is_inside, repeated
from services.registration.desk import Desk
from services.registration.programme.facts import Conference, Session
from services.registration.programme.programmes import load_conference
from services.registration.seats.records import (
    CODE_GROUP,
    CODE_LENGTH,
    Record,
    Seat,
    read_record,
    read_record_by_code,
    read_seats,
)
from shared.base.clock import now
from shared.base.database import upsert
from shared.base.transactions import retried
from shared.events.registration import AttendanceRecorded
from shared.words.codes import parse_code

CLOCK_SKEW = timedelta(minutes=2)  # a door's clock may be a little ahead of ours

_SCANS = select(tables.Scan.session_id, tables.Scan.direction, tables.Scan.at).where(
    tables.Scan.registration_id == bindparam("of_registration")
)
_SESSION_PRESENT = (
    update(tables.Session)
    .where(tables.Session.id == bindparam("door"))
    .values(present=tables.Session.present + bindparam("more"))
)
_DAY_PRESENT = (
    update(tables.Conference)
    .where(tables.Conference.id == bindparam("door"))
    .values(present=tables.Conference.present + bindparam("more"))
)


@dataclass(frozen=True)
class Passage:
    """What a door reports. `session` is empty at the door of the day, `at` when it is now."""

    code: str
    direction: Direction
    session: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Passed:
    """Who came through and what they hold; `since` when it was so already, unless it is news."""

    record: Record
    seats: tuple[Seat, ...]
    session: Session | None
    at: datetime
    since: datetime | None
    expected: bool

    @property
    def new(self) -> bool:
        return self.since is None


@retried
def pass_door(desk: Desk, slug: str, passage: Passage) -> Passed:
    """Record a check-in or check-out. Raises a Refusal; then nothing is stored.

    Someone without a seat is recorded too, as not expected: the doors tell what happened, and the
    people at them decide.
    """
    with desk.database.begin() as connection:
        conference = load_conference(connection, slug)
        record = _recognise(connection, conference, passage.code)
        session = _door(conference, passage.session)
        at = _to_the_millisecond(passage.at or now())
        if not is_on_the_day(conference, at) or at > now() + CLOCK_SKEW:
            raise NotOnTheDay
        door = session.id if session else None
        scan = Scan(door, passage.direction, at)
        before = [
            Scan(row.session_id, row.direction, row.at)
            for row in connection.execute(_SCANS, {"of_registration": record.id})
            if row.session_id == door
        ]
        since = _already_since(scan, before)
        if scan not in before:
            attended = read_attended(connection, conference, [record.id])[record.id]
            _store(connection, record.id, scan)
            _count_present(
                connection, conference, door, is_inside([*before, scan]) - is_inside(before)
            )
            if conference.closed_at is not None:
                corrected = read_attended(connection, conference, [record.id])[record.id]
                if corrected != attended or (corrected and not record.attendance_version):
                    certify(desk, connection, conference, record, corrected)
        if since is None:
            desk.log.append(
                connection,
                AttendanceRecorded(
                    registration_id=record.id,
                    conference=conference.slug,
                    session=session.slug if session else None,
                    direction=passage.direction,
                    at=at,
                ),
                subject=record.id,
            )
        seats = read_seats(connection, conference, record.id)
        expected = (
            record.status == "confirmed"
            if session is None or not session.is_chosen
            else any(seat.session.id == session.id and seat.state == "held" for seat in seats)
        )
        return Passed(record, seats, session, at, since, expected)


def _recognise(connection: Connection, conference: Conference, text: str) -> Record:
    code = parse_code(text, CODE_LENGTH, CODE_GROUP)
    if code is None:
        raise Invalid([Fault("/code", "This is not a code of ours: a sign was misread.")])
    found = read_record_by_code(connection, code)
    if found.conference_id != conference.id or found.erased_at is not None:
        raise CodeUnknown
    record = read_record(connection, found.id, lock=True)
    if record.status == "cancelled":
        raise RegistrationCancelled
    return record


def _door(conference: Conference, slug: str | None) -> Session | None:
    if slug is None:
        return None
    if slug not in conference.by_slug:
        raise Invalid([Fault("/session", "There is no such session.")])
    return conference.by_slug[slug]


def opening_hours(conference: Conference) -> tuple[datetime, datetime]:
    """From when to when passages belong to the day: a party may end after midnight."""
    midnight = datetime.combine(conference.date, time(), conference.zone)
    next_day = datetime.combine(conference.date + timedelta(days=1), time(), conference.zone)
    return midnight, max(next_day, conference.last_ends_at + timedelta(hours=1))


def is_on_the_day(conference: Conference, at: datetime) -> bool:
    first, last = opening_hours(conference)
    return first <= at < last


def _to_the_millisecond(moment: datetime) -> datetime:
    """As precise as a browser: a scan sent twice is one, two doors in the same second are two."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _already_since(scan: Scan, before: list[Scan]) -> datetime | None:
    """Since when what the scan says was so at that time; None when the scan is news."""
    earlier = (other for other in before if other.at <= scan.at)
    return next(iter(repeated(scan.direction, earlier)), None)


def _store(connection: Connection, registration_id: str, scan: Scan) -> None:
    connection.execute(
        upsert(connection, tables.Scan).on_conflict_do_nothing(),
        {
            "registration_id": registration_id,
            "session_id": scan.session_id,
            "direction": scan.direction,
            "at": scan.at,
            "recorded_at": now(),
        },
    )


def _count_present(
    connection: Connection, conference: Conference, door: int | None, more: int
) -> None:
    if more:
        statement = _DAY_PRESENT if door is None else _SESSION_PRESENT
        connection.execute(
            statement, {"door": conference.id if door is None else door, "more": more}
        )
