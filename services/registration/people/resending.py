"""Sending a lost link again, without saying whether an address is known; renewing one that got
into other hands.

Several people may have one address: each has a link, and an email of their own with it.
"""

from dataclasses import replace

from sqlalchemy import Connection, bindparam, or_, select

from services.registration.base import tables
from services.registration.base.person import address_key
from services.registration.base.refusals import NoAddress, PersonErased
from services.registration.desk import Desk
from services.registration.history.acts import Actor, note
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference, load_conference_by_id
from services.registration.seats.changing import lock_registration
from services.registration.seats.places import place
from services.registration.seats.promoting import write_record
from services.registration.seats.records import Record, read_record, read_seats
from shared.base.transactions import retried
from shared.events.registration import RegistrationChanged, RegistrationLinkRequested

_OF_ADDRESS = (
    select(tables.Registration.id)
    .join(tables.Conference, tables.Conference.id == tables.Registration.conference_id)
    .where(
        tables.Conference.slug == bindparam("conference_slug"),
        or_(
            tables.Registration.address_key == bindparam("address"),
            tables.Registration.email_key == bindparam("address"),  # as the release before wrote it
        ),
        tables.Registration.status != "cancelled",
    )
    .order_by(tables.Registration.id)
)


@retried
def resend_link(desk: Desk, slug: str, email: str) -> int:
    """Have the link sent to everybody registered with this address; how many that are, which is for
    no visitor to know. Raises NotFound for the day."""
    with desk.database.begin() as connection:
        conference = load_conference(connection, slug)
        found = connection.execute(
            _OF_ADDRESS, {"conference_slug": slug, "address": address_key(email.strip())}
        ).scalars()
        registrations = found.all()
        for registration_id in registrations:
            _send(desk, connection, conference, read_record(connection, registration_id))
        return len(registrations)


@retried
def resend_to(desk: Desk, registration_id: str, by: Actor) -> None:
    """Have the link of one registration sent to its address, for an organiser. Raises NotFound,
    PersonErased, NoAddress."""
    with desk.database.begin() as connection:
        record = read_record(connection, registration_id)
        _refuse_unreachable(record)
        conference = load_conference_by_id(connection, record.conference_id)
        _send(desk, connection, conference, record)
        note(
            connection,
            by,
            "link.sent",
            conference_id=conference.id,
            registration_id=record.id,
        )


@retried
def renew_link(desk: Desk, registration_id: str, by: Actor) -> Record:
    """Another link instead of all that are out, which is sent to the address; those of before
    answer that they were replaced. Returns the registration as it is now. Raises NotFound,
    PersonErased, NoAddress."""
    with desk.database.begin() as connection:
        before, conference = lock_registration(connection, registration_id)
        _refuse_unreachable(before)
        after = replace(
            before, link_generation=before.link_generation + 1, revision=before.revision + 1
        )
        write_record(connection, conference, after, told=False)
        seats = read_seats(connection, conference, after.id)
        told = place(RegistrationChanged, after, conference, seats, desk.links, tell="link")
        desk.log.append(connection, told, subject=after.id)
        note(
            connection,
            by,
            "link.renewed",
            conference_id=conference.id,
            registration_id=after.id,
        )
        return after


def _refuse_unreachable(record: Record) -> None:
    if record.erased_at is not None:
        raise PersonErased
    if not record.email:
        raise NoAddress


def _send(desk: Desk, connection: Connection, conference: Conference, record: Record) -> None:
    seats = read_seats(connection, conference, record.id)
    told = place(RegistrationLinkRequested, record, conference, seats, desk.links)
    desk.log.append(connection, told, subject=record.id)
