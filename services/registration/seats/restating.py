"""A programme that asks for fewer choices than before confirms who waited only for those."""

from dataclasses import replace

from sqlalchemy import Connection, select

from services.registration.base import tables
from services.registration.desk import Desk
from services.registration.programme.facts import Conference
from services.registration.seats.places import place
from services.registration.seats.promoting import status_with, write_record
from services.registration.seats.records import read_record, read_seats
from shared.events.registration import RegistrationConfirmed


def restate(desk: Desk, connection: Connection, before: Conference, conference: Conference) -> None:
    """Confirm, and tell, whoever is waitlisted and lacks nothing any more, under the day's lock.
    The other way round nobody's status changes: a slot added later is theirs to choose in."""
    if _slots(before) == _slots(conference):
        return
    waitlisted = connection.execute(
        select(tables.Registration.id)
        .where(
            tables.Registration.conference_id == conference.id,
            tables.Registration.status == "waitlisted",
        )
        .order_by(tables.Registration.id)
    ).scalars()
    for registration_id in waitlisted.all():
        record = read_record(connection, registration_id, lock=True)
        seats = read_seats(connection, conference, registration_id)
        if status_with(conference, record.status, seats, seats) != "confirmed":
            continue
        after = replace(record, status="confirmed", revision=record.revision + 1)
        write_record(connection, conference, after)
        told = place(RegistrationConfirmed, after, conference, seats, desk.links)
        desk.log.append(connection, told, subject=registration_id)


def _slots(conference: Conference) -> set[frozenset[str]]:
    return {frozenset(session.slug for session in slot) for slot in conference.must_choose}
