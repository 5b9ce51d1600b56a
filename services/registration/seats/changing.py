"""Changing and cancelling a registration, and what that makes possible for those who wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, bindparam, update

from services.registration.base import tables
from services.registration.base.person import PersonChange
from services.registration.base.refusals import RegistrationCancelled
from services.registration.desk import Desk
from services.registration.programme.facts import Conference, Status
from services.registration.programme.opening import refuse_if_closed, refuse_unless_open
from services.registration.programme.programmes import lock_conference
from services.registration.seats.places import place
from services.registration.seats.records import Record, Seat, read_record, read_seats
from services.registration.seats.rules import choose, plan_place, status_of
from services.registration.seats.seats import Grant, give_back, hold, pass_on, wait_for
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events import registration as events

_UPDATE = (
    update(tables.Registration)
    .where(tables.Registration.id == bindparam("registration_id"))
    .values(
        status=bindparam("new_status"),
        revision=bindparam("new_revision"),
        first_name=bindparam("new_first_name"),
        last_name=bindparam("new_last_name"),
        organisation=bindparam("new_organisation"),
        job_title=bindparam("new_job_title"),
        locale=bindparam("new_locale"),
        programme_version=bindparam("new_programme_version"),
    )
)


@dataclass(frozen=True)
class Change:
    """What a person wants instead. `sessions` is the whole choice; None leaves the seats alone."""

    sessions: Sequence[str] | None = None
    waitlist: bool = False
    person: PersonChange = field(default_factory=PersonChange)


@retried
def change(
    desk: Desk, registration_id: str, wanted: Change, *, as_organiser: bool = False
) -> tuple[Record, tuple[Seat, ...]]:
    """Apply a change and promote whoever it lets in. Raises a Refusal; then nothing is stored.

    An organiser may do so until the day is closed, others while registration is open.
    """
    with desk.database.begin() as connection:
        before, conference = lock_registration(connection, registration_id)
        if before.status == "cancelled":
            raise RegistrationCancelled
        if as_organiser:
            refuse_if_closed(conference)
        else:
            refuse_unless_open(conference, now())
        corrected = replace(before, **wanted.person.corrections)
        old = read_seats(connection, conference, registration_id)
        seats, freed = old, set[int]()
        if wanted.sessions is not None:
            freed = _rearrange(connection, conference, before, old, wanted)
            seats = read_seats(connection, conference, registration_id)
            corrected = replace(corrected, status=_status(conference, seats))
        if seats == old and corrected == before:
            return before, old
        after = replace(corrected, revision=before.revision + 1)
        write_record(connection, conference, after)
        told = place(events.RegistrationChanged, after, conference, seats, desk.links)
        desk.log.append(connection, told, subject=after.id)
        promote(desk, connection, conference, freed)
        return after, seats


@retried
def cancel(desk: Desk, registration_id: str) -> Record:
    """Give everything back; once cancelled, again is harmless. Refused when the day is closed."""
    with desk.database.begin() as connection:
        before, conference = lock_registration(connection, registration_id)
        if before.status == "cancelled":
            return before
        refuse_if_closed(conference)
        after, seats = leave(connection, before, conference)
        told = place(events.RegistrationCancelled, after, conference, seats, desk.links)
        desk.log.append(connection, told, subject=after.id)
        promote(desk, connection, conference, (seat.session.id for seat in seats))
        return after


def _rearrange(
    connection: Connection,
    conference: Conference,
    record: Record,
    old: Sequence[Seat],
    wanted: Change,
) -> set[int]:
    """Move from the old seats to the wanted ones; returns the sessions given back."""
    held = {seat.session.id for seat in old if seat.state == "held"}
    waiting = {seat.session.id for seat in old if seat.state == "waiting"}
    chosen = choose(conference, wanted.sessions or ())
    plan = plan_place(conference, chosen, waitlist=wanted.waitlist, held=held, waiting=waiting)
    freed = held.difference(plan.held)
    give_back(connection, record.id, held=freed, waiting=waiting.difference(plan.waiting))
    hold(connection, record.id, [session for session in plan.held if session not in held])
    wait_for(connection, record.id, set(plan.waiting) - waiting)
    return freed


def leave(
    connection: Connection, record: Record, conference: Conference
) -> tuple[Record, tuple[Seat, ...]]:
    """Give all seats back, under the lock; returns the cancelled record and what it gave back.

    The caller promotes whoever that lets in.
    """
    seats = read_seats(connection, conference, record.id)
    held = [seat.session.id for seat in seats if seat.state == "held"]
    waiting = [seat.session.id for seat in seats if seat.state == "waiting"]
    give_back(connection, record.id, held=held, waiting=waiting)
    after = replace(record, status="cancelled", revision=record.revision + 1)
    write_record(connection, conference, after)
    return after, seats


def promote(
    desk: Desk, connection: Connection, conference: Conference, freed: Iterable[int]
) -> dict[str, Grant]:
    """Let in whoever waits for the freed sessions, under the lock, and tell each of them."""
    grants = pass_on(connection, conference, freed)
    for registration_id, grant in grants.items():
        record = read_record(connection, registration_id)
        seats = read_seats(connection, conference, registration_id)
        record = replace(record, status=_status(conference, seats), revision=record.revision + 1)
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
    return grants


def _status(conference: Conference, seats: Iterable[Seat]) -> Status:
    return status_of(conference, {seat.session.id for seat in seats if seat.state == "held"})


def lock_registration(connection: Connection, registration_id: str) -> tuple[Record, Conference]:
    """The registration and its conference, which nobody else rearranges meanwhile."""
    conference_id = read_record(connection, registration_id).conference_id
    conference = lock_conference(connection, conference_id)
    return read_record(connection, registration_id, lock=True), conference


def write_record(connection: Connection, conference: Conference, record: Record) -> None:
    """As it is after a change of which the person is told, by the programme as it is."""
    connection.execute(
        _UPDATE,
        {
            "registration_id": record.id,
            "new_status": record.status,
            "new_revision": record.revision,
            "new_first_name": record.first_name,
            "new_last_name": record.last_name,
            "new_organisation": record.organisation,
            "new_job_title": record.job_title,
            "new_locale": record.locale,
            "new_programme_version": conference.version,
        },
    )
