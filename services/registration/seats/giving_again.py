"""A programme that moves: what a door did at a session that is yet to begin, or whose grace is not
over any more, never had its reason. Who lost a seat there has it again."""

from sqlalchemy import Connection

from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.programme.facts import Conference, Session
from services.registration.seats.promoting import held_in
from services.registration.seats.records import read_record, read_seats
from services.registration.seats.rules import released_by
from services.registration.seats.standby import (
    GIVEN_AGAIN,
    WAITS_FIRST,
    Move,
    Standby,
    forget_line,
    move,
    standby_of_session,
    write_standby,
)
from shared.base.clock import now


def give_again(desk: Desk, connection: Connection, conference: Conference, actor: Actor) -> None:
    """Under the day's lock, before anybody is promoted: give freed seats back where there is room.
    Who finds none is first on the waitlist or, where nobody waits any more, in the line. Whoever
    holds another seat at the new hour keeps that one. Again is harmless."""
    moment = now()
    begun = conference.begun(moment)
    for session in conference.sessions:
        if not session.is_chosen or moment >= conference.freed_from(session):
            continue
        known = standby_of_session(connection, session.id)
        lost = [each for each in known if _lacks(connection, conference, session, each)]
        seated, left = lost[: session.free], lost[session.free :]
        for each in seated:
            step = Move(GIVEN_AGAIN, joins=(session.id,), tell="change")
            _move(desk, connection, conference, each, step, actor)
            write_standby(
                connection, each.registration_id, session.id, freed_at=None, asked_at=None
            )
        if session.id in begun:
            continue
        for each in reversed(left):  # each goes before the one of before
            step = Move(WAITS_FIRST, waits=(session.id,), tell="change")
            _move(desk, connection, conference, each, step, actor)
        forget_line(connection, session.id)


def _lacks(
    connection: Connection, conference: Conference, session: Session, known: Standby
) -> bool:
    """Whether their seat was freed, nobody let them in since, and they could sit in it."""
    if known.freed_at is None or known.let_in_at is not None:
        return False
    held = held_in(read_seats(connection, conference, known.registration_id))
    return session.id not in held and not released_by(conference, session.id, held)


def _move(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    known: Standby,
    step: Move,
    actor: Actor,
) -> None:
    record = read_record(connection, known.registration_id, lock=True)
    move(desk, connection, conference, record, step, actor)
