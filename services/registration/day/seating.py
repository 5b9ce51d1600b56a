"""A seat for who has come through the door of a session that has begun."""

from datetime import datetime

from sqlalchemy import Connection

from services.registration.day.door_line import read_chairs
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.programme.facts import Conference, Session
from services.registration.seats.promoting import held_in
from services.registration.seats.records import Record, read_seats
from services.registration.seats.rules import released_by
from services.registration.seats.standby import (
    GIVEN_AGAIN,
    LET_IN,
    Move,
    Standby,
    move,
    write_standby,
)


def seat_at_door(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    session: Session,
    record: Record,
    known: Standby,
    at: datetime,
    actor: Actor,
) -> bool:
    """Seat somebody on standby who has come in, under the day's lock; whether that is beyond the
    limit: they are in the room, and stay. What they held at that hour is theirs no more. Who came
    in before their seat was freed, as a door tells late, has lost nothing."""
    over = not read_chairs(connection, conference, session).room_beside(record.id)
    held = held_in(read_seats(connection, conference, record.id))
    was_here = known.freed_at is not None and at <= known.freed_at
    step = Move(
        GIVEN_AGAIN if was_here else LET_IN,
        leaves=released_by(conference, session.id, held),
        joins=(session.id,),
        said=() if was_here else (("let_in", (session.slug,)),),
        beyond=over and session.taken >= (session.capacity or 0) + session.beyond,
    )
    move(desk, connection, conference, record, step, actor)
    news = {"freed_at": None, "asked_at": None} if was_here else {"let_in_at": at}
    write_standby(connection, record.id, session.id, over=over, **news)
    return over
