"""Changing and cancelling a registration, and what that makes possible for those who wait."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.exc import IntegrityError

from services.registration.base import tables
from services.registration.base.person import PersonChange, address_key, person_key
from services.registration.base.refusals import (
    AlreadyRegistered,
    PlacesClosed,
    RegistrationCancelled,
)
from services.registration.desk import Desk
from services.registration.history.acts import PERSON, Actor, changed, note
from services.registration.programme.facts import Conference, Status
from services.registration.programme.opening import refuse_if_closed, refuse_unless_open
from services.registration.programme.programmes import lock_conference
from services.registration.seats.passing import Passing
from services.registration.seats.places import place
from services.registration.seats.records import Record, Seat, read_record, read_seats
from services.registration.seats.rules import choose, plan_place, status_after
from services.registration.seats.seats import give_back, hold, wait_for
from services.registration.seats.wishes import Grant
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events import registration as events

CANCELLED = "registration.cancelled"  # the act: what was given back is in its `before`

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
        link_generation=bindparam("new_link_generation"),
        organisation=bindparam("new_organisation"),
        job_title=bindparam("new_job_title"),
        locale=bindparam("new_locale"),
        programme_version=bindparam("new_programme_version"),
    )
)


@dataclass(frozen=True)
class Change:
    """Other sessions: the whole choice. With `waitlist`, what is full is waited for."""

    sessions: Sequence[str]
    waitlist: bool = False


@retried
def change(
    desk: Desk, registration_id: str, wanted: Change, by: Actor = PERSON
) -> tuple[Record, tuple[Seat, ...]]:
    """Move to other sessions, and promote whoever that lets in. Raises a Refusal; then nothing is
    stored.

    An organiser may do so until the day is closed, a person while registration is open.
    """
    with desk.database.begin() as connection:
        before, conference = lock_registration(connection, registration_id)
        return rewrite(desk, connection, conference, before, before, wanted, by)


def rewrite(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    before: Record,
    corrected: Record,
    wanted: Change | None,
    by: Actor,
    reason: str | None = None,
) -> tuple[Record, tuple[Seat, ...]]:
    """Under the lock: write what was corrected about the person, move them to the sessions wanted,
    say so once, and promote whoever that lets in. What changes nothing leaves no trace."""
    old = seats = read_seats(connection, conference, before.id)
    freed = set[int]()
    if wanted is not None:
        _refuse_move(conference, before, by)
        late = by.kind != "person"
        freed = _rearrange(connection, conference, before, old, wanted, late=late)
        seats = read_seats(connection, conference, before.id)
        corrected = replace(corrected, status=status_with(conference, before.status, old, seats))
    if seats == old and corrected == before:
        return before, old
    after = replace(corrected, revision=before.revision + 1)
    write_record(connection, conference, after)
    tell = _what_to_tell(conference, before, after)
    told = place(events.RegistrationChanged, after, conference, seats, desk.links, tell=tell)
    desk.log.append(connection, told, subject=after.id)
    _note(connection, before, after, old, seats, by, reason)
    if not promote(desk, connection, conference, freed, movers=[after.id]):
        return after, seats
    return read_record(connection, after.id), read_seats(connection, conference, after.id)


def _refuse_move(conference: Conference, record: Record, by: Actor) -> None:
    if record.status == "cancelled":
        raise RegistrationCancelled
    if conference.closed_at is not None and by.kind != "person":
        raise PlacesClosed
    if by.kind == "person":
        refuse_unless_open(conference, now())
    else:
        refuse_if_closed(conference)


def _what_to_tell(conference: Conference, before: Record, after: Record) -> events.Tell:
    """To an address that nothing was sent to, everything; nothing of a day that is over, or that
    the person has no place at, but the link that they need."""
    over = (
        after.status == "cancelled"
        or conference.stage == "cancelled"
        or conference.closed_at is not None
        or conference.ends_at <= now()
    )
    if after.link_generation != before.link_generation:
        return "link" if over else "everything"
    return "nothing" if over else "change"


def _note(
    connection: Connection,
    before: Record,
    after: Record,
    old: Sequence[Seat],
    seats: Sequence[Seat],
    by: Actor,
    reason: str | None,
) -> None:
    for what, was, is_now in (
        ("person.corrected", facts_of(before), facts_of(after)),
        ("registration.changed", choice_of(before, old), choice_of(after, seats)),
    ):
        was, is_now = changed(was, is_now)
        if is_now:
            note(
                connection,
                by,
                what,
                conference_id=after.conference_id,
                registration_id=after.id,
                before=was,
                after=is_now,
                reason=reason,
            )


def facts_of(record: Record) -> dict[str, Any]:
    """What can be corrected about a person."""
    return {name: getattr(record, name) for name in PersonChange.model_fields}


def choice_of(record: Record, seats: Iterable[Seat]) -> dict[str, Any]:
    """What a person holds and waits for, as the history has it: by the sessions' slugs."""
    by_state = {
        state: [seat.session.slug for seat in seats if seat.state == state]
        for state in ("held", "waiting")
    }
    return {"status": record.status, **by_state}


@retried
def cancel(
    desk: Desk, registration_id: str, by: Actor = PERSON, reason: str | None = None
) -> Record:
    """Give everything back; once cancelled, again is harmless. Refused when the day is closed."""
    with desk.database.begin() as connection:
        before, conference = lock_registration(connection, registration_id)
        if before.status == "cancelled":
            return before
        refuse_if_closed(conference)
        after, seats = leave(connection, before, conference)
        told = place(events.RegistrationCancelled, after, conference, seats, desk.links)
        desk.log.append(connection, told, subject=after.id)
        note(
            connection,
            by,
            CANCELLED,
            conference_id=conference.id,
            registration_id=after.id,
            before=choice_of(before, seats),
            after={"status": after.status},
            reason=reason,
        )
        promote(desk, connection, conference, (seat.session.id for seat in seats))
        return after


def _rearrange(
    connection: Connection,
    conference: Conference,
    record: Record,
    old: Sequence[Seat],
    wanted: Change,
    *,
    late: bool,
) -> set[int]:
    """Move from the old seats to the wanted ones; returns the sessions given back."""
    held, waiting = _held(old), _waiting(old)
    begun = conference.begun(now())
    chosen = choose(
        conference,
        wanted.sessions or (),
        waitlist=wanted.waitlist,
        held=held,
        waiting=waiting,
        confirmed=record.status == "confirmed",
        begun=begun,
        late=late,
    )
    plan = plan_place(
        conference, chosen, waitlist=wanted.waitlist, held=held, waiting=waiting, begun=begun
    )
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
    give_back(connection, record.id, held=_held(seats), waiting=_waiting(seats))
    after = replace(record, status="cancelled", revision=record.revision + 1)
    write_record(connection, conference, after)
    return after, seats


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
            before={*_held(seats).difference(grant.granted), *grant.released},
            held=_held(seats),
            waiting=_waiting(seats),
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
        conference, was, before=_held(before), held=_held(after), waiting=_waiting(after)
    )


def _held(seats: Iterable[Seat]) -> set[int]:
    return {seat.session.id for seat in seats if seat.state == "held"}


def _waiting(seats: Iterable[Seat]) -> set[int]:
    return {seat.session.id for seat in seats if seat.state == "waiting"}


def lock_registration(connection: Connection, registration_id: str) -> tuple[Record, Conference]:
    """The registration and its conference, which nobody else rearranges meanwhile."""
    conference_id = read_record(connection, registration_id).conference_id
    conference = lock_conference(connection, conference_id)
    return read_record(connection, registration_id, lock=True), conference


def write_record(connection: Connection, conference: Conference, record: Record) -> None:
    """As it is after a change of which the person is told, by the programme as it is. Raises
    AlreadyRegistered when another living registration is of the same person."""
    key = person_key(record.email, record.first_name, record.last_name)
    row = {
        "registration_id": record.id,
        "new_status": record.status,
        "new_revision": record.revision,
        "new_first_name": record.first_name,
        "new_last_name": record.last_name,
        "new_email": record.email,
        "new_email_key": key,
        "new_address_key": address_key(record.email),
        "new_link_generation": record.link_generation,
        "new_organisation": record.organisation,
        "new_job_title": record.job_title,
        "new_locale": record.locale,
        "new_programme_version": conference.version,
    }
    try:
        connection.execute(_UPDATE, row)
    except IntegrityError as error:
        if "email_once" in str(error.orig) or "email_key" in str(error.orig):
            raise AlreadyRegistered from error
        raise
