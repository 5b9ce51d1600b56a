"""Presence by hand: what an organiser knows of somebody at a session, in place of what scans say.

Before and after the close, seat or not; with a reason, and in the history. Taking it back brings
the scans back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, update

from services.registration.base.refusals import Fault, Invalid, NotFound
from services.registration.base.timers import recount_present
from services.registration.day.certifying import correct
from services.registration.day.evidence import read_evidence
from services.registration.day.intervals import Interval, clip
from services.registration.day.presence import Attended
from services.registration.day.tables import WrittenPresence
from services.registration.desk import Desk
from services.registration.history.acts import Actor, changed, note
from services.registration.programme.facts import Conference, Session
from services.registration.programme.programmes import load_conference_by_id
from services.registration.seats.records import Record, read_record
from shared.base.clock import now
from shared.base.database import upsert
from shared.base.transactions import retried
from shared.events.registration import AttendanceRecorded, AttendanceWithdrawn

LONGEST_REASON = 1000


@dataclass(frozen=True)
class Wish:
    """What to write: without `times`, that the person was not there."""

    session: str
    times: Interval | None
    reason: str
    actor: Actor


@retried
def write_presence(desk: Desk, registration_id: str, wish: Wish) -> None:
    """In place of what scans and an earlier hand say. Raises NotFound, Invalid."""
    with desk.database.begin() as connection:
        conference, record = _locked(connection, registration_id)
        _write(desk, connection, conference, record, wish)
        recount_present(connection, conference.slug)


@retried
def write_for_many(
    desk: Desk, conference: Conference, registration_ids: Collection[str], wish: Wish
) -> int:
    """The same for several people of a day, all or nothing; for how many. Raises NotFound,
    Invalid."""
    with desk.database.begin() as connection:
        # All are locked, in one order, before anything that others wait for is.
        locked = [_locked(connection, each) for each in sorted(set(registration_ids))]
        for own, record in locked:
            if own.id != conference.id:
                raise NotFound
            _write(desk, connection, own, record, wish)
        recount_present(connection, conference.slug)
    return len(locked)


@retried
def withdraw_presence(
    desk: Desk, registration_id: str, session: str, actor: Actor, reason: str = ""
) -> None:
    """Take back what was written: the scans count again. Raises NotFound, also when nothing is
    written there."""
    with desk.database.begin() as connection:
        conference, record = _locked(connection, registration_id)
        if not _withdraw(desk, connection, conference, record, Wish(session, None, reason, actor)):
            raise NotFound
        recount_present(connection, conference.slug)


@retried
def withdraw_for_many(
    desk: Desk, conference: Conference, registration_ids: Collection[str], wish: Wish
) -> int:
    """The same for several people of a day; for how many something was written. Raises NotFound."""
    with desk.database.begin() as connection:
        locked = [_locked(connection, each) for each in sorted(set(registration_ids))]
        if any(own.id != conference.id for own, _ in locked):
            raise NotFound
        taken_back = sum(_withdraw(desk, connection, *each, wish) for each in locked)
        recount_present(connection, conference.slug)
    return taken_back


def refuse_unless_sound(session: Session, wish: Wish) -> None:
    """Raises Invalid with every fault."""
    faults = []
    if wish.times is not None:
        start, end = wish.times
        if end <= start:
            faults.append(Fault("/to", "This must be later than the beginning."))
        elif not Attended(session, clip([wish.times], session)).minutes:
            words = "The session lasts from %(start)s to %(end)s: write at least a minute of it."
            zone = start.tzinfo
            times = (session.starts_at.astimezone(zone), session.ends_at.astimezone(zone))
            start_text, end_text = (time.strftime("%H:%M") for time in times)
            faults.append(Fault("/from", words, {"start": start_text, "end": end_text}))
    if not wish.reason.strip():
        faults.append(Fault("/reason", "Say why: it stands in the history."))
    if len(wish.reason) > LONGEST_REASON:
        faults.append(Fault("/reason", "Please use at most 1000 characters."))
    if faults:
        raise Invalid(faults)


def _write(
    desk: Desk, connection: Connection, conference: Conference, record: Record, wish: Wish
) -> None:
    session = conference.by_slug.get(wish.session)
    if session is None:
        raise NotFound
    refuse_unless_sound(session, wish)
    evidence = read_evidence(connection, conference, [record.id])[record.id]
    before = evidence.written.get(session.id)
    moment = now()
    start, end = wish.times or (None, None)
    values = {
        "starts_at": start,
        "ends_at": end,
        "reason": wish.reason.strip(),
        "actor_kind": wish.actor.kind,
        "actor_name": wish.actor.name,
        "written_at": moment,
    }
    connection.execute(
        upsert(connection, WrittenPresence)
        .values(registration_id=record.id, session_id=session.id, **values)
        .on_conflict_do_update(index_elements=["registration_id", "session_id"], set_=values)
    )
    was, now_is = changed(
        _as_noted(session, before.times) if before else {}, _as_noted(session, wish.times)
    )
    note(
        connection,
        wish.actor,
        "attendance.written",
        conference_id=conference.id,
        registration_id=record.id,
        before=was,
        after={"session": session.slug, **now_is},
        reason=wish.reason.strip(),
    )
    correct(desk, connection, conference, record, evidence)
    _announce(desk, connection, conference, record, session, start)


def _withdraw(
    desk: Desk, connection: Connection, conference: Conference, record: Record, wish: Wish
) -> bool:
    """Whether something was written."""
    session = conference.by_slug.get(wish.session)
    evidence = read_evidence(connection, conference, [record.id])[record.id]
    if session is None or session.id not in evidence.written:
        return False
    connection.execute(
        delete(WrittenPresence).where(
            WrittenPresence.registration_id == record.id,
            WrittenPresence.session_id == session.id,
        )
    )
    note(
        connection,
        wish.actor,
        "attendance.withdrawn",
        conference_id=conference.id,
        registration_id=record.id,
        before=_as_noted(session, evidence.written[session.id].times),
        after={},
        reason=wish.reason.strip() or None,
    )
    correct(desk, connection, conference, record, evidence)
    _announce(desk, connection, conference, record, session, None)
    return True


def _announce(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    record: Record,
    session: Session,
    at: datetime | None,
) -> None:
    """For whoever writes to those who were present, or late; `at` is empty for what is no more."""
    facts = {
        "registration_id": record.id,
        "conference": conference.slug,
        "session": session.slug,
        "came_at": read_evidence(connection, conference, [record.id])[record.id].came_at,
    }
    said = (
        AttendanceWithdrawn(**facts)
        if at is None
        else AttendanceRecorded(**facts, direction="in", at=at, source="hand")
    )
    desk.log.append(connection, said, subject=record.id)


def _as_noted(session: Session, times: Interval | None) -> dict[str, Any]:
    start, end = times or (None, None)
    return {"session": session.slug, "from": start, "to": end}


def _locked(connection: Connection, registration_id: str) -> tuple[Conference, Record]:
    record = read_record(connection, registration_id, lock=True)
    if record.erased_at is not None:
        raise NotFound
    return load_conference_by_id(connection, record.conference_id), record


def forget_reasons(connection: Connection, registration_id: str) -> None:
    """That somebody was present stays; what was said of them does not."""
    connection.execute(
        update(WrittenPresence)
        .where(WrittenPresence.registration_id == registration_id)
        .values(reason="")
    )
