"""Seats that change hands at the door of a session that has begun: what is kept of whom, and the
seat itself. All of it under the day's lock; docs/decisions/0050-no-empty-chair.md says why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, select

from services.registration.base import tables
from services.registration.desk import Desk
from services.registration.history.acts import Actor, changed, note
from services.registration.programme.facts import Conference
from services.registration.seats.changing import choice_of
from services.registration.seats.giving import widen
from services.registration.seats.places import place
from services.registration.seats.promoting import (
    promote,
    status_with,
    waiting_in,
    write_record,
)
from services.registration.seats.records import Record, read_record, read_seats
from services.registration.seats.seats import give_back, hold, wait_first
from services.registration.seats.tables import Standby as Row
from shared.base.database import upsert
from shared.events.registration import RegistrationChanged, Tell

FREED, LET_IN = "seat.freed", "seat.let-in"
GIVEN_AGAIN, TAKEN_BACK = "seat.given-again", "seat.let-in-undone"
WAITS_FIRST = "seat.waits-first"


@dataclass(frozen=True)
class Standby:
    """What is known of somebody and a session that began without them in a seat of theirs."""

    registration_id: str
    session_id: int
    ticket: int | None = None
    freed_at: datetime | None = None
    asked_at: datetime | None = None
    let_in_at: datetime | None = None
    over: bool = False

    @property
    def turn(self) -> tuple[int, float]:
        """Who goes first at the door: those whose own seat it was, then the waitlist."""
        asked = self.asked_at.timestamp() if self.asked_at else 0.0
        if self.freed_at is not None:
            return 0, asked
        return (2, asked) if self.ticket is None else (1, float(self.ticket))


@dataclass(frozen=True)
class Move:
    """A change of somebody's seats for the sake of a door: sessions left, joined and waited for
    (first of all), by id; `said` are the fields of the event that tell of it."""

    what: str
    leaves: tuple[int, ...] = ()
    joins: tuple[int, ...] = ()
    waits: tuple[int, ...] = ()
    said: tuple[tuple[str, tuple[str, ...]], ...] = ()
    beyond: bool = False
    tell: Tell = "nothing"


_COLUMNS = [getattr(Row, each.name) for each in fields(Standby)]


def read_standby(
    connection: Connection, registration_ids: Collection[str], session_id: int
) -> dict[str, Standby]:
    """Of these people, by registration."""
    of_them = (Row.registration_id.in_(registration_ids), Row.session_id == session_id)
    waiting = _waiting_for(session_id).where(tables.Seat.registration_id.in_(registration_ids))
    return _read(connection, select(*_COLUMNS).where(*of_them), waiting)


def standby_of_session(connection: Connection, session_id: int) -> list[Standby]:
    """Of everybody who still has a registration, in the order in which they are let in."""
    living = tables.Registration.status != "cancelled"
    rows = select(*_COLUMNS).join(
        tables.Registration, tables.Registration.id == Row.registration_id
    )
    known = _read(
        connection, rows.where(Row.session_id == session_id, living), _waiting_for(session_id)
    )
    return sorted(known.values(), key=lambda s: (s.turn, s.registration_id))


def _waiting_for(session_id: int) -> Select[str, int, int | None]:
    return select(tables.Seat.registration_id, tables.Seat.session_id, tables.Seat.ticket).where(
        tables.Seat.session_id == session_id, tables.Seat.state == "waiting"
    )


def _read(
    connection: Connection, rows: Select[Any], waiting: Select[str, int, int | None]
) -> dict[str, Standby]:
    """By registration. A waitlist that has not ended yet counts as one that has."""
    known = {row.registration_id: Standby(*row) for row in connection.execute(rows)}
    for registration_id, session_id, ticket in connection.execute(waiting):
        one = known.get(registration_id, Standby(registration_id, session_id))
        known[registration_id] = replace(one, ticket=ticket)
    return known


def standby_of_people(
    connection: Connection, registration_ids: Collection[str]
) -> dict[str, list[Standby]]:
    """At every door of the day, by registration."""
    found: dict[str, list[Standby]] = {each: [] for each in registration_ids}
    rows = connection.execute(select(*_COLUMNS).where(Row.registration_id.in_(registration_ids)))
    for row in rows:
        found[row.registration_id].append(Standby(*row))
    return found


def write_standby(
    connection: Connection, registration_id: str, session_id: int, **values: Any
) -> None:
    """Bring what is known up to date; what is not named stays."""
    insert = upsert(connection, Row).values(
        registration_id=registration_id, session_id=session_id, **{"over": False, **values}
    )
    keys = ["registration_id", "session_id"]
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=values))


def forget_line(connection: Connection, session_id: int) -> None:
    """All that is known at the door of a session that is, again, still to begin."""
    connection.execute(delete(Row).where(Row.session_id == session_id))


def remember_waiting(connection: Connection, registration_id: str, sessions: Iterable[int]) -> None:
    """Keep the tickets of a waitlist that is about to end: they count at the door."""
    tickets = select(tables.Seat.session_id, tables.Seat.ticket).where(
        tables.Seat.registration_id == registration_id,
        tables.Seat.session_id.in_(list(sessions)),
    )
    for session_id, ticket in connection.execute(tickets).all():
        write_standby(connection, registration_id, session_id, ticket=ticket)


def move(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    record: Record,
    step: Move,
    actor: Actor,
) -> Record:
    """Do it, and say it once: as a rule without an email, since who is concerned stands there, or
    is not here. What is left goes to the line at its door if it has begun, and else to its
    waitlist. Who still waits for what they join waits no more; their ticket is kept, should this
    be undone."""
    old = read_seats(connection, conference, record.id)
    waited = waiting_in(old).intersection(step.joins)
    remember_waiting(connection, record.id, waited)
    give_back(connection, record.id, held=step.leaves, waiting=waited)
    if step.beyond:
        for session in step.joins:
            widen(connection, session, 1)
    hold(connection, record.id, step.joins)
    for session in step.waits:
        wait_first(connection, record.id, session)
    seats = read_seats(connection, conference, record.id)
    record = read_record(connection, record.id)
    after = replace(
        record,
        status=status_with(conference, record.status, old, seats),
        revision=record.revision + 1,
    )
    write_record(connection, conference, after, told=step.tell != "nothing")
    told = place(
        RegistrationChanged,
        after,
        conference,
        seats,
        desk.links,
        tell=step.tell,
        **dict(step.said),
    )
    desk.log.append(connection, told, subject=after.id)
    was, is_now = changed(choice_of(record, old), choice_of(after, seats))
    over = {"beyond": [conference.by_id[each].slug for each in step.joins]} if step.beyond else {}
    note(
        connection,
        actor,
        step.what,
        conference_id=conference.id,
        registration_id=after.id,
        before=was,
        after={**is_now, **over},
    )
    promote(desk, connection, conference, step.leaves)
    return after
