"""Letting in whoever waits, and telling each of them; what a registration is after its seats have
changed."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import Connection, bindparam, case, update
from sqlalchemy.exc import IntegrityError

from services.registration.base import tables
from services.registration.base.person import keys_of
from services.registration.base.refusals import AlreadyRegistered
from services.registration.desk import Desk
from services.registration.programme.facts import Conference, Status
from services.registration.seats.passing import Passing
from services.registration.seats.places import place
from services.registration.seats.records import Record, Seat, read_record, read_seats
from services.registration.seats.rules import status_after
from services.registration.seats.wishes import Grant
from shared.base.clock import now
from shared.events import registration as events

_UPDATE = (
    update(tables.Registration)
    .where(tables.Registration.id == bindparam("registration_id"))
    .values(
        status=bindparam("new_status"),
        revision=bindparam("new_revision"),
        first_name=bindparam("new_first_name"),
        last_name=bindparam("new_last_name"),
        email=bindparam("new_email"),
        email_key=bindparam("new_email_key"),
        address_key=bindparam("new_address_key"),
        sought=bindparam("new_sought"),
        link_generation=bindparam("new_link_generation"),
        # Never as it was read: a link may be opened meanwhile. Another address is confirmed anew.
        confirmed_at=case(
            (tables.Registration.address_key.is_distinct_from(bindparam("new_address_key")), None),
            else_=tables.Registration.confirmed_at,
        ),
        confirm_by=bindparam("new_confirm_by"),
        organisation=bindparam("new_organisation"),
        job_title=bindparam("new_job_title"),
        locale=bindparam("new_locale"),
        programme_version=bindparam("new_programme_version"),
    )
)


def promote(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    freed: Iterable[int],
    *,
    movers: Collection[str] | None = (),
) -> dict[str, Grant]:
    """Let in whoever waits for the freed sessions, and exchange what fits together for the movers
    (None: for everybody), under the lock; each of them is told. Nobody is promoted on a day that is
    cancelled or closed."""
    if conference.stage != "published" or conference.closed_at is not None:
        return {}
    passing = Passing(connection, conference, now())
    if movers is None:
        passing.exchange_all()
    else:
        passing.exchange_for(movers)
    passing.pass_on({*freed, *passing.free_of(movers or ())})
    for registration_id, grant in passing.grants.items():
        record = read_record(connection, registration_id)
        seats = read_seats(connection, conference, registration_id)
        status = status_after(
            conference,
            record.status,
            before={*held_in(seats).difference(grant.granted), *grant.released},
            held=held_in(seats),
            waiting=waiting_in(seats),
        )
        record = replace(record, status=status, revision=record.revision + 1)
        write_record(connection, conference, record)
        told = place(
            events.RegistrationPromoted,
            record,
            conference,
            seats,
            desk.links,
            granted=tuple(conference.by_id[session].slug for session in grant.granted),
            released=tuple(conference.by_id[session].slug for session in grant.released),
        )
        desk.log.append(connection, told, subject=registration_id)
    return passing.grants


def status_with(
    conference: Conference, was: Status, before: Iterable[Seat], after: Iterable[Seat]
) -> Status:
    """`status_after`, of seats as they are read."""
    return status_after(
        conference, was, before=held_in(before), held=held_in(after), waiting=waiting_in(after)
    )


def held_in(seats: Iterable[Seat]) -> set[int]:
    return {seat.session.id for seat in seats if seat.state == "held"}


def waiting_in(seats: Iterable[Seat]) -> set[int]:
    return {seat.session.id for seat in seats if seat.state == "waiting"}


def write_record(
    connection: Connection, conference: Conference, record: Record, *, told: bool = True
) -> None:
    """As it is after a change; who is `told` of it reads the programme as it is now. Raises
    AlreadyRegistered when another living registration is of the same person."""
    keys = keys_of(record.email, record.first_name, record.last_name)
    row = {
        "registration_id": record.id,
        "new_status": record.status,
        "new_revision": record.revision,
        "new_first_name": record.first_name,
        "new_last_name": record.last_name,
        "new_email": record.email,
        "new_email_key": keys["email_key"],
        "new_address_key": keys["address_key"],
        "new_sought": record.sought,
        "new_link_generation": record.link_generation,
        "new_confirm_by": record.confirm_by,
        "new_organisation": record.organisation,
        "new_job_title": record.job_title,
        "new_locale": record.locale,
        "new_programme_version": conference.version if told else record.programme_version,
    }
    try:
        connection.execute(_UPDATE, row)
    except IntegrityError as error:
        if "email_once" in str(error.orig) or "email_key" in str(error.orig):
            raise AlreadyRegistered from error
        raise
