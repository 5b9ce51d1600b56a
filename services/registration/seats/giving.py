"""A seat that the organiser gives somebody: past the waitlist, and past the limit when need be."""

from dataclasses import replace

from sqlalchemy import Connection, bindparam, update

from services.registration.base import tables
from services.registration.base.refusals import (
    NotFound,
    RegistrationCancelled,
    SessionBegun,
    SessionsOverlap,
)
from services.registration.desk import Desk
from services.registration.history.acts import Actor, changed, note
from services.registration.programme.facts import Conference, Session
from services.registration.programme.opening import refuse_if_closed
from services.registration.seats.changing import choice_of, lock_registration
from services.registration.seats.places import place
from services.registration.seats.promoting import promote, status_with, write_record
from services.registration.seats.records import Record, Seat, read_record, read_seats
from services.registration.seats.rules import released_by
from services.registration.seats.seats import give_back, hold
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events import registration as events

_BEYOND = (
    update(tables.Session)
    .where(tables.Session.id == bindparam("session"))
    .values(
        capacity=tables.Session.capacity + bindparam("more"),
        beyond=tables.Session.beyond + bindparam("more"),
    )
)


@retried
def give_seat(
    desk: Desk, registration_id: str, slug: str, actor: Actor, reason: str | None = None
) -> tuple[Record, tuple[Seat, ...]]:
    """Seat somebody in a session, whoever waits for it. What they hold at its hour is released and
    passed on; nobody else gets less. Again is harmless.

    A session that has begun can still be given, until it is over. Raises NotFound,
    RegistrationCancelled, RegistrationClosed, SessionBegun, SessionsOverlap with one that they are
    in already.
    """
    with desk.database.begin() as connection:
        before, conference = lock_registration(connection, registration_id)
        if before.status == "cancelled":
            raise RegistrationCancelled
        refuse_if_closed(conference)
        session = conference.by_slug.get(slug)
        if session is None or not session.is_chosen:
            raise NotFound
        old = read_seats(connection, conference, registration_id)
        if any(seat.session.id == session.id and seat.state == "held" for seat in old):
            return before, old
        released = _released(conference, session, old)
        beyond = _seat(connection, registration_id, session, old, released)
        seats = read_seats(connection, conference, registration_id)
        status = status_with(conference, before.status, old, seats)
        after = replace(before, status=status, revision=before.revision + 1, confirm_by=None)
        write_record(connection, conference, after)
        told = place(
            events.RegistrationPromoted,
            after,
            conference,
            seats,
            desk.links,
            granted=(session.slug,),
            released=tuple(conference.by_id[each].slug for each in released),
        )
        desk.log.append(connection, told, subject=after.id)
        was, is_now = changed(choice_of(before, old), choice_of(after, seats))
        note(
            connection,
            actor,
            "seat.given",
            conference_id=conference.id,
            registration_id=after.id,
            before=was,
            after={**is_now, **({"beyond": session.slug} if beyond else {})},
            reason=reason,
        )
        promote(desk, connection, conference, released, movers=[after.id])
        return (
            read_record(connection, registration_id),
            read_seats(connection, conference, registration_id),
        )


def _released(conference: Conference, session: Session, seats: tuple[Seat, ...]) -> tuple[int, ...]:
    moment = now()
    if session.ends_at <= moment:
        raise SessionBegun(title=session.title, extra={"sessions": [session.slug]})
    held = {seat.session.id for seat in seats if seat.state == "held"}
    released = released_by(conference, session.id, held)
    for each in conference.begun(moment).intersection(released):
        other = conference.by_id[each]
        raise SessionsOverlap(
            first=other.title, second=session.title, extra={"sessions": [other.slug, session.slug]}
        )
    return released


def _seat(
    connection: Connection,
    registration_id: str,
    session: Session,
    seats: tuple[Seat, ...],
    released: tuple[int, ...],
) -> bool:
    """Sit down; whether that was beyond the limit."""
    waited = [s.session.id for s in seats if s.state == "waiting" and s.session.id == session.id]
    give_back(connection, registration_id, held=released, waiting=waited)
    limit = session.capacity
    beyond = limit is not None and session.taken >= limit
    if limit is not None and session.taken >= limit + session.beyond:
        widen(connection, session.id, 1)
    hold(connection, registration_id, [session.id])
    return beyond


def widen(connection: Connection, session_id: int, more: int) -> None:
    """Seats beyond the limit of a session: more of them, or fewer. They are nobody else's."""
    connection.execute(_BEYOND, {"session": session_id, "more": more})
