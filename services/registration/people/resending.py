"""Sending a lost link again, without saying whether an address is known."""

from sqlalchemy import bindparam, select

from services.registration.base import tables
from services.registration.base.person import email_key
from services.registration.desk import Desk
from services.registration.programme.programmes import load_conference
from services.registration.seats.places import place
from services.registration.seats.records import read_record, read_seats
from shared.base.transactions import retried
from shared.events.registration import RegistrationLinkRequested

_OF_ADDRESS = (
    select(tables.Registration.id)
    .join(tables.Conference, tables.Conference.id == tables.Registration.conference_id)
    .where(
        tables.Conference.slug == bindparam("conference_slug"),
        tables.Registration.email_key == bindparam("address"),
        tables.Registration.status != "cancelled",
    )
)


@retried
def resend_link(desk: Desk, slug: str, email: str) -> None:
    """Have the link sent to whoever is registered with this address. Raises NotFound for the day;
    an unknown address is not told from a known one."""
    with desk.database.begin() as connection:
        conference = load_conference(connection, slug)
        registration_id = connection.execute(
            _OF_ADDRESS, {"conference_slug": slug, "address": email_key(email.strip())}
        ).scalar()
        if registration_id is None:
            return
        record = read_record(connection, registration_id)
        seats = read_seats(connection, conference, registration_id)
        desk.log.append(
            connection,
            place(RegistrationLinkRequested, record, conference, seats, desk.links),
            subject=record.id,
        )
