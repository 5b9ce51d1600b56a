"""What a door did at its line is taken back: by the same door, or an organiser, while the session
goes on. A holder gets the seat again if it is still free, and else is first in the line."""

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import Connection

from services.registration.base.chair_refusals import AnotherDoors, NothingToTakeBack
from services.registration.day.door_line import read_chairs
from services.registration.day.evidence import read_evidence
from services.registration.day.freeing import Place, open_door, recognise
from services.registration.day.presence import Scan, first_seen
from services.registration.day.recording import record_scan
from services.registration.desk import Desk
from services.registration.history.acts import Actor, history
from services.registration.programme.facts import Conference, Session
from services.registration.seats.giving import widen
from services.registration.seats.promoting import held_in
from services.registration.seats.records import Record, read_record, read_seats
from services.registration.seats.standby import (
    FREED,
    GIVEN_AGAIN,
    LET_IN,
    TAKEN_BACK,
    Move,
    Standby,
    move,
    read_standby,
    write_standby,
)
from shared.base.transactions import retried
from shared.events.registration import AttendanceWithdrawn

Undone = Literal["seat-again", "first-in-line", "out-again"]


@retried
def take_back(desk: Desk, here: Place, code: str, *, anybodys: bool) -> Undone:
    """The newest act at this door about this person; `anybodys` for an organiser. Raises
    NothingToTakeBack, AnotherDoors, or what `open_door` does."""
    with desk.database.begin() as connection:
        conference, session, at = open_door(connection, here)
        found = recognise(connection, conference, code)
        record = read_record(connection, found.id, lock=True)
        known = read_standby(connection, [record.id], session.id).get(record.id)
        held = held_in(read_seats(connection, conference, record.id))
        if known is None or record.status == "cancelled":
            raise NothingToTakeBack
        if known.let_in_at is not None and session.id in held:
            act = _refuse_others(connection, record, LET_IN, here.actor, anybodys=anybodys)
            _send_out(desk, connection, conference, session, record, known, here.actor, act)
            return "out-again"
        if known.freed_at is None or session.id in held:
            raise NothingToTakeBack
        _refuse_others(connection, record, FREED, here.actor, anybodys=anybodys)
        if not read_chairs(connection, conference, session).room_beside(record.id):
            write_standby(connection, record.id, session.id, asked_at=known.asked_at or at)
            return "first-in-line"
        move(
            desk,
            connection,
            conference,
            record,
            Move(GIVEN_AGAIN, joins=(session.id,)),
            here.actor,
        )
        write_standby(connection, record.id, session.id, freed_at=None, asked_at=None)
        return "seat-again"


def _refuse_others(
    connection: Connection, record: Record, what: str, actor: Actor, *, anybodys: bool
) -> dict[str, Any]:
    """The act itself, as the history has it."""
    acts = history(connection, registration_id=record.id, what=what, limit=1)
    if not acts:
        raise NothingToTakeBack
    if not anybodys and acts[0]["actor"] != {"kind": actor.kind, "name": actor.name}:
        raise AnotherDoors
    return acts[0]


def _send_out(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    session: Session,
    record: Record,
    known: Standby,
    actor: Actor,
    act: Mapping[str, Any],
) -> None:
    """They were never in: out at the moment of coming in, which leaves no minute of presence. What
    they held before, they hold again where it is free."""
    if known.let_in_at is None:
        raise NothingToTakeBack
    evidence = read_evidence(connection, conference, [record.id])[record.id]
    scan = Scan(session.id, "out", known.let_in_at)
    record_scan(desk, connection, conference, record, scan, evidence, actor)
    withdrawn = AttendanceWithdrawn(
        registration_id=record.id,
        conference=conference.slug,
        session=session.slug,
        came_at=first_seen(evidence, scan),
    )
    desk.log.append(connection, withdrawn, subject=record.id)
    before = [conference.by_slug.get(slug) for slug in act["before"].get("held", ())]
    now_held = held_in(read_seats(connection, conference, record.id)) - {session.id}
    again = tuple(
        each.id
        for each in before
        if each is not None
        and each.id not in now_held
        and each.free
        and not any(each.overlaps(conference.by_id[other]) for other in now_held)
    )
    step = Move(TAKEN_BACK, leaves=(session.id,), joins=again)
    move(desk, connection, conference, record, step, actor)
    if session.beyond and known.over:
        widen(connection, session.id, -1)
    write_standby(connection, record.id, session.id, let_in_at=None, over=False)
