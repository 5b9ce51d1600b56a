"""Several new people in one transaction: whoever is registered already, or comes with a key that is
known, is left out; if a place is gone, all of it is undone."""

from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete

from services.registration.base import tables
from services.registration.base.timers import let_go_at
from services.registration.desk import Desk
from services.registration.programme.facts import Conference
from services.registration.seats import answers
from services.registration.seats.answers import Answered, Registered
from services.registration.seats.letting_go import confirmed_by
from services.registration.seats.records import Record, Seat
from services.registration.seats.registering import (
    ADDRESS,
    LIVING,
    Application,
    WorldChanged,
    record_of,
    row_of,
    told_of,
)
from services.registration.seats.rules import Plan
from services.registration.seats.seats import take
from shared.base.clock import now
from shared.base.many_rows import inserting, parameters
from shared.bus.eventlog import Fact

_OWN = (
    *("id", "code", "status", "first_name", "last_name", "email", "email_key", "address_key"),
    *("sought", "organisation", "job_title", "locale", "registered_by"),
    *("consent_text", "consent_language"),
)
_SAME = ("conference_id", "programme_version", "created_at", "consent_at", "confirm_by")
_REGISTRATIONS = {
    database: statement.on_conflict_do_nothing(
        index_elements=ADDRESS, index_where=LIVING
    ).returning(tables.Registration.id)
    for database, statement in inserting(tables.Registration, _OWN, _SAME).items()
}
_SEATS = inserting(tables.Seat, ("registration_id", "session_id"), ("state",))


@dataclass(frozen=True, slots=True)
class Granted:
    """Somebody who asked, in this context, and the places that were found free for them."""

    application: Application
    plan: Plan
    context: Context


@dataclass(frozen=True, slots=True)
class _New:
    """Somebody as they are written down."""

    granted: Granted
    record: Record
    registered: Registered

    @property
    def key(self) -> str | None:
        return self.granted.application.key


def write_group(
    desk: Desk, conference: Conference, group: Sequence[Granted]
) -> list[Registered | None]:
    """What each is told, in their order, once the transaction is durable; None for whoever was left
    out. People who register themselves, each with an address and, if any, a key of their own.

    Raises WorldChanged; then nothing is written.
    """
    moment = now()
    until = confirmed_by(conference, moment)
    people = [_new(conference, granted, moment, until) for granted in group]
    with desk.database.begin() as connection:
        written = _insert(connection, people)
        written -= _known_keys(connection, conference, people, written)
        kept = [person for person in people if person.record.id in written]
        if kept:
            _seat(connection, kept)
            for person in kept:
                if until:
                    let_go_at(connection, person.record.id, until)
            desk.log.append_all(connection, [_fact(desk, conference, person) for person in kept])
            held = [session for person in kept for session in person.granted.plan.held]
            # Last: from here on everybody else who wants these sessions waits for the commit.
            if not take(connection, held, conference.version):
                raise WorldChanged
    return [person.registered if person.record.id in written else None for person in people]


def _new(
    conference: Conference, granted: Granted, moment: datetime, until: datetime | None
) -> _New:
    plan = granted.plan
    record = record_of(conference, plan, granted.application, moment)
    held = tuple(Seat(conference.by_id[session], "held") for session in plan.held)
    return _New(
        granted,
        replace(record, confirm_by=until),
        Registered(record.id, record.code, record.status, held),
    )


def _insert(connection: Connection, people: Sequence[_New]) -> set[str]:
    """Ids of those who had no registration yet."""
    first = people[0].record
    rows = [row_of(person.record, person.granted.application) for person in people]
    # In one order: two groups that have people in common would each wait for the other.
    rows.sort(key=lambda row: row["email_key"])
    given = parameters(
        [[row[name] for name in _OWN] for row in rows],
        conference_id=first.conference_id,
        programme_version=first.programme_version,
        created_at=first.created_at,
        consent_at=first.created_at,
        confirm_by=first.confirm_by,
    )
    return {*connection.execute(_REGISTRATIONS[connection.dialect.name], given).scalars()}


def _known_keys(
    connection: Connection, conference: Conference, people: Sequence[_New], written: set[str]
) -> set[str]:
    """Ids of those, among the written, whose key somebody has used before: they are unwritten."""
    keyed = {person.key: person for person in people if person.record.id in written and person.key}
    answered = [
        Answered(key, person.granted.application.hash, person.registered)
        for key, person in keyed.items()
    ]
    kept = answers.keep(connection, conference, answered, people[0].record.created_at)
    known = {person.record.id for key, person in keyed.items() if key not in kept}
    if known:
        connection.execute(delete(tables.Registration).where(tables.Registration.id.in_(known)))
    return known


def _seat(connection: Connection, people: Sequence[_New]) -> None:
    rows = [
        (person.record.id, session) for person in people for session in person.granted.plan.held
    ]
    if rows:
        connection.execute(_SEATS[connection.dialect.name], parameters(rows, state="held"))


def _fact(desk: Desk, conference: Conference, person: _New) -> Fact:
    told = told_of(desk, conference, person.record, person.registered.seats)
    return Fact(told, subject=person.record.id, context=person.granted.context)
