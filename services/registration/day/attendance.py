"""Check-in and check-out at the doors. Scans may come late, twice and in any order; one that was
made before the day was closed counts whenever it comes, and none that was made afterwards."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from services.registration.base.refusals import (
    CodeUnknown,
    DoorsClosed,
    Fault,
    Invalid,
    NotOnTheDay,
    Refusal,
    RegistrationCancelled,
)
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import Direction, Evidence, Scan
from services.registration.day.recording import record_scan
from services.registration.day.seating import seat_at_door
from services.registration.day.verdict import (
    DOUBTS,
    RECORDED,
    Attempt,
    Holder,
    Kind,
    Verdict,
    judge,
)
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM, Actor
from services.registration.programme.facts import Conference, Session
from services.registration.programme.programmes import load_conference, lock_conference
from services.registration.seats.records import (
    CODE_GROUP,
    CODE_LENGTH,
    Record,
    Seat,
    read_record,
    read_record_by_code,
    read_seats,
)
from services.registration.seats.standby import Standby, read_standby, write_standby
from shared.base.clock import now
from shared.base.transactions import Collision, retried
from shared.words.codes import parse_code

CLOCK_SKEW = timedelta(minutes=2)  # a door's clock may be a little ahead of ours


@dataclass(frozen=True)
class Passage:
    """What a door reports. `session` is empty at the door of the day, `at` when it is now; without
    `let_in` nobody has decided yet, and a doubt is told before anything is recorded."""

    code: str
    direction: Direction
    session: str | None = None
    at: datetime | None = None
    let_in: bool = True
    actor: Actor = SYSTEM  # who scanned


@dataclass(frozen=True)
class Scanned:
    """What the door says, of whom when the badge is somebody's, and what they hold."""

    verdict: Verdict
    session: Session | None
    at: datetime
    record: Record | None = None
    seats: tuple[Seat, ...] = ()


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


def pass_door(desk: Desk, slug: str, passage: Passage) -> Passed:
    """Record a check-in or check-out. Raises a Refusal; then nothing is stored.

    Someone without a seat is recorded too, as not expected: the doors tell what happened, and the
    people at them decide.
    """
    scanned = scan(desk, slug, replace(passage, let_in=True))
    verdict = scanned.verdict
    if scanned.record is None or verdict.kind not in RECORDED:
        raise _refusal(verdict.kind)
    return Passed(
        scanned.record,
        scanned.seats,
        scanned.session,
        scanned.at,
        verdict.since,
        bool(verdict.expected),
    )


@retried
def scan(desk: Desk, slug: str, passage: Passage) -> Scanned:
    """What the door says of a badge; recorded unless it refuses or doubts.

    Raises NotFound for the day, and Invalid for a session that is not in its programme.
    """
    code = parse_code(passage.code, CODE_LENGTH, CODE_GROUP)
    with desk.database.begin() as connection:
        conference = load_conference(connection, slug)
        session = _door(conference, passage.session)
        locked = session is not None and _is_on_standby(connection, code, session)
        if locked:
            conference = lock_conference(connection, conference.id)
            session = conference.by_slug.get(passage.session or "")
        at = to_the_millisecond(passage.at or now())
        record = _recognise(connection, conference, code) if code else None
        seats = read_seats(connection, conference, record.id) if record else ()
        evidence = _evidence(connection, conference, record)
        known = _standby(connection, conference, record, session, seats)
        if known and not locked:  # the seat was freed a moment ago: again, under the lock
            raise Collision
        door = session.id if session else None
        before = [scan for scan in evidence.scans if scan.session_id == door]
        late = conference.closed_at is not None and at >= conference.closed_at
        verdict = (
            Verdict("day-closed")
            if late
            else judge(
                Attempt(code, session, passage.direction, at, passage.let_in),
                _hours_so_far(conference),
                _holder(record, seats, session, known) if record else None,
                before,
            )
        )
        if record is not None and verdict.kind in RECORDED:
            here, news = Scan(door, passage.direction, at), verdict.since is None
            record_scan(desk, connection, conference, record, here, evidence, passage.actor, news)
        if record is None or session is None or known is None or conference.closed_at is not None:
            return Scanned(verdict, session, at, record, seats)
        if verdict.kind == "welcome":
            seat_at_door(desk, connection, conference, session, record, known, at, passage.actor)
            seats = read_seats(connection, conference, record.id)
        elif verdict.kind in DOUBTS and known.asked_at is None:
            write_standby(connection, record.id, session.id, asked_at=at)
        return Scanned(verdict, session, at, record, seats)


def _is_on_standby(connection: Connection, code: str | None, session: Session) -> bool:
    try:
        record = read_record_by_code(connection, code or "")
    except CodeUnknown:
        return False
    return bool(read_standby(connection, [record.id], session.id))


def _standby(
    connection: Connection,
    conference: Conference,
    record: Record | None,
    session: Session | None,
    seats: tuple[Seat, ...],
) -> Standby | None:
    """Of who has no seat of theirs at this door, and waited for one or lost it; a waitlist counts
    once the session has begun, whether it has ended yet or not."""
    if record is None or session is None or not conference.frees(session):
        return None
    states = {seat.state for seat in seats if seat.session == session}
    begun = session.id in conference.begun(now())
    if conference.stage != "published" or "held" in states or (states and not begun):
        return None
    return read_standby(connection, [record.id], session.id).get(record.id)


def _refusal(kind: Kind) -> Refusal:
    refusals: dict[Kind, type[Refusal]] = {
        "not-today": NotOnTheDay,
        "unknown": CodeUnknown,
        "cancelled": RegistrationCancelled,
        "day-closed": DoorsClosed,
    }
    if kind == "misread":
        return Invalid([Fault("/code", "This is not a code of ours: a sign was misread.")])
    return refusals[kind]()


def _recognise(connection: Connection, conference: Conference, code: str) -> Record | None:
    """Whose code it is, locked; None when nobody's, or somebody's of another day."""
    try:
        found = read_record_by_code(connection, code)
    except CodeUnknown:
        return None
    if found.conference_id != conference.id or found.erased_at is not None:
        return None
    return read_record(connection, found.id, lock=True)


def _holder(
    record: Record, seats: tuple[Seat, ...], door: Session | None, known: Standby | None
) -> Holder:
    awaited = [seat.session for seat in seats if seat.state == "waiting"]
    if door and known and known.ticket is not None and door not in awaited:
        awaited.append(door)
    return Holder(
        record.status,
        [seat.session for seat in seats if seat.state == "held"],
        awaited,
        {seat.session.slug: seat.rank for seat in seats if seat.rank is not None},
        known.freed_at if known else None,
    )


def _evidence(connection: Connection, conference: Conference, record: Record | None) -> Evidence:
    if record is None:
        return Evidence()
    return read_evidence(connection, conference, [record.id])[record.id]


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


def refuse_other_day(conference: Conference, at: datetime) -> None:
    """Raises NotOnTheDay for a moment of another day, or to come."""
    opens, closes = _hours_so_far(conference)
    if not opens <= at < closes:
        raise NotOnTheDay


def _hours_so_far(conference: Conference) -> tuple[datetime, datetime]:
    """When a passage may have happened: on the day, and not in the future."""
    opens, closes = opening_hours(conference)
    return opens, min(closes, now() + CLOCK_SKEW)


def to_the_millisecond(moment: datetime) -> datetime:
    """As precise as a browser: a scan sent twice is one, two doors in the same second are two."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
