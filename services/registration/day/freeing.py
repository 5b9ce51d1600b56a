"""No empty chair: a door frees the seats of those who are absent from a workshop that has begun,
and lets in who stands there, one after the other. Each act is one transaction under the day's lock.

What a door did without a network comes later with its own time (`at`): it has happened, so a person
who was let in twice over stays in, beyond the limit.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from services.registration.base.chair_refusals import (
    GraceNotOver,
    LineNotOpen,
    NobodyInLine,
    NotTheirTurn,
    PresentAlready,
    SeatedAlready,
    SeatsStay,
    SessionOver,
)
from services.registration.base.refusals import (
    CodeUnknown,
    ConferenceCancelled,
    DoorsClosed,
    Fault,
    Invalid,
    NotFound,
    RegistrationCancelled,
    SessionFull,
    SessionsOverlap,
)
from services.registration.day.attendance import CLOCK_SKEW, to_the_millisecond
from services.registration.day.door_line import Chairs, has_come, read_chairs
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import Scan
from services.registration.day.recording import record_scan
from services.registration.day.seating import seat_at_door
from services.registration.desk import Desk
from services.registration.history.acts import Actor, note
from services.registration.programme.facts import Conference, Session
from services.registration.programme.programmes import load_conference, lock_conference
from services.registration.seats.promoting import held_in
from services.registration.seats.records import (
    CODE_GROUP,
    CODE_LENGTH,
    Record,
    read_record,
    read_record_by_code,
    read_seats,
)
from services.registration.seats.rules import released_by
from services.registration.seats.standby import (
    FREED,
    Move,
    Standby,
    move,
    read_standby,
    write_standby,
)
from shared.base.clock import now
from shared.base.transactions import retried
from shared.words.codes import parse_code

Outcome = Literal["freed", "freed-already", "present", "no-seat"]


@dataclass(frozen=True)
class Place:
    """A door of a day, who stands at it, and when: empty for now."""

    slug: str
    session: str
    actor: Actor
    at: datetime | None = None


@dataclass(frozen=True)
class Freed:
    """What became of one person's seat; `since` when it had been freed already."""

    record: Record
    outcome: Outcome
    since: datetime | None = None


@dataclass(frozen=True)
class LetIn:
    record: Record
    session: Session
    at: datetime
    over: bool
    news: bool


@retried
def free_seats(desk: Desk, here: Place, codes: Collection[str] | None = None) -> list[Freed]:
    """Free the seats of these people, or of all who are absent. Who came in meanwhile keeps theirs.

    Raises a Refusal of the session; CodeUnknown; PresentAlready when that is true of all of them.
    """
    with desk.database.begin() as connection:
        conference, session, at = open_door(connection, here, frees=True)
        chairs = read_chairs(connection, conference, session)
        if codes is None:
            wanted = chairs.absent
        else:
            wanted = [recognise(connection, conference, code) for code in codes]
        # In one order, as everybody else does who locks several.
        wanted = sorted({record.id: record for record in wanted}.values(), key=lambda r: r.id)
        done = [_free(desk, connection, conference, chairs, each.id, here, at) for each in wanted]
        if done and codes is not None and all(each.outcome == "present" for each in done):
            raise PresentAlready
        return done


def _free(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    chairs: Chairs,
    registration_id: str,
    here: Place,
    at: datetime,
) -> Freed:
    session = chairs.session
    record = read_record(connection, registration_id, lock=True)
    # Under the lock: a scan of this moment has been waited for.
    evidence = read_evidence(connection, conference, [record.id])[record.id]
    if has_come(evidence, session):
        return Freed(record, "present")
    if record.id not in chairs.holders:
        known = read_standby(connection, [record.id], session.id).get(record.id)
        if known and known.freed_at and not known.let_in_at:
            return Freed(record, "freed-already", known.freed_at)
        return Freed(record, "no-seat")
    step = Move(FREED, leaves=(session.id,), said=(("freed", (session.slug,)),))
    record = move(desk, connection, conference, record, step, here.actor)
    news = {"freed_at": at, "asked_at": None, "let_in_at": None, "over": False}
    write_standby(connection, record.id, session.id, **news)
    return Freed(record, "freed")


@retried
def ask(desk: Desk, here: Place, code: str) -> int:
    """Join the line at the door; the place in it, from 1. Again is harmless. Raises a Refusal."""
    with desk.database.begin() as connection:
        conference, session, at = open_door(connection, here)
        record = _living(connection, conference, code)
        chairs = read_chairs(connection, conference, session)
        _refuse_seated(connection, conference, chairs, record)
        known = _known(chairs, record)
        if known.asked_at is None or known.let_in_at is not None:
            write_standby(connection, record.id, session.id, asked_at=at, let_in_at=None)
            _note(connection, conference, record, here, "seat.asked")
        line = read_chairs(connection, conference, session).line
        return 1 + [each.registration_id for each in line].index(record.id)


@retried
def leave_line(desk: Desk, here: Place, code: str) -> None:
    """Who stood there has gone. Again is harmless."""
    with desk.database.begin() as connection:
        conference, session, _ = open_door(connection, here)
        record = _living(connection, conference, code)
        known = _known(read_chairs(connection, conference, session), record)
        if known.asked_at is not None and known.let_in_at is None:
            write_standby(connection, record.id, session.id, asked_at=None)
            _note(connection, conference, record, here, "seat.asked-no-more")


@retried
def let_in(desk: Desk, here: Place, code: str | None = None, *, happened: bool = False) -> LetIn:
    """Seat who is first in the line, and record that they came in; with a code, only if it is
    theirs. What has `happened` without a network is taken as it is. Again is harmless.

    Raises a Refusal: NobodyInLine, NotTheirTurn, SessionFull, SessionsOverlap with one they are in.
    """
    with desk.database.begin() as connection:
        conference, session, at = open_door(connection, here)
        chairs = read_chairs(connection, conference, session)
        if code is not None:
            record = _living(connection, conference, code)
        elif chairs.line:
            record = read_record(connection, chairs.line[0].registration_id, lock=True)
        else:
            raise NobodyInLine
        known = _known(chairs, record)
        if record.id in chairs.holders and known.let_in_at is not None:
            return LetIn(record, session, known.let_in_at, known.over, news=False)
        if not happened:
            _refuse_out_of_turn(connection, conference, chairs, record)
        evidence = read_evidence(connection, conference, [record.id])[record.id]
        scan = Scan(session.id, "in", at)
        record_scan(desk, connection, conference, record, scan, evidence, here.actor)
        if record.id in chairs.holders:  # without a network nobody knew that they had a seat
            return LetIn(record, session, at, over=False, news=True)
        over = seat_at_door(desk, connection, conference, session, record, known, at, here.actor)
        return LetIn(read_record(connection, record.id), session, at, over, news=True)


def open_door(
    connection: Connection, here: Place, *, frees: bool = False
) -> tuple[Conference, Session, datetime]:
    """The day under its lock, the session that goes on behind this door, and the moment. Raises a
    Refusal when no seat changes hands there; `frees`: or none can be freed yet."""
    conference = lock_conference(connection, load_conference(connection, here.slug).id)
    session = conference.by_slug.get(here.session)
    if session is None or conference.stage == "draft":
        raise NotFound
    if conference.stage == "cancelled":
        raise ConferenceCancelled
    if conference.closed_at is not None:
        raise DoorsClosed
    if not conference.frees(session):
        raise SeatsStay(title=session.title)
    at = to_the_millisecond(here.at or now())
    if at > now() + CLOCK_SKEW:
        raise Invalid([Fault("/at", "This lies in the future.")])
    opens = conference.freed_from(session) if frees else conference.joined_until(session)
    if at < opens:
        early = GraceNotOver if frees else LineNotOpen
        raise early(title=session.title, time=f"{opens.astimezone(conference.zone):%H:%M}")
    if at >= session.ends_at:
        raise SessionOver(title=session.title)
    return conference, session, at


def recognise(connection: Connection, conference: Conference, text: str) -> Record:
    """Whose code it is. Raises CodeUnknown, also for a code of another day."""
    code = parse_code(text, CODE_LENGTH, CODE_GROUP)
    if code is None:
        raise Invalid([Fault("/code", "This is not a code of ours: a sign was misread.")])
    found = read_record_by_code(connection, code)
    if found.conference_id != conference.id or found.erased_at is not None:
        raise CodeUnknown
    return found


def _living(connection: Connection, conference: Conference, code: str) -> Record:
    record = read_record(connection, recognise(connection, conference, code).id, lock=True)
    if record.status == "cancelled":
        raise RegistrationCancelled
    return record


def _known(chairs: Chairs, record: Record) -> Standby:
    nothing = Standby(record.id, chairs.session.id)
    return next((each for each in chairs.known if each.registration_id == record.id), nothing)


def _refuse_seated(
    connection: Connection, conference: Conference, chairs: Chairs, record: Record
) -> None:
    """Who waited may leave another workshop for this one, unless they are in it; others hold
    nothing at this hour."""
    if record.id in chairs.holders:
        raise SeatedAlready
    if record.id in chairs.inside:
        raise PresentAlready
    waited = _known(chairs, record).ticket is not None
    held = held_in(read_seats(connection, conference, record.id))
    evidence = read_evidence(connection, conference, [record.id])[record.id]
    for each in released_by(conference, chairs.session.id, held):
        if not waited or evidence.is_in(each):
            other = conference.by_id[each]
            raise SessionsOverlap(
                first=other.title,
                second=chairs.session.title,
                extra={"sessions": [other.slug, chairs.session.slug]},
            )


def _refuse_out_of_turn(
    connection: Connection, conference: Conference, chairs: Chairs, record: Record
) -> None:
    _refuse_seated(connection, conference, chairs, record)
    if not chairs.line or chairs.line[0].registration_id != record.id:
        raise NotTheirTurn
    if not chairs.room_beside(record.id):
        session = chairs.session
        raise SessionFull(titles=session.title, extra={"sessions": [session.slug]})


def _note(
    connection: Connection, conference: Conference, record: Record, here: Place, what: str
) -> None:
    note(
        connection,
        here.actor,
        what,
        conference_id=conference.id,
        registration_id=record.id,
        after={"session": here.session},
    )
