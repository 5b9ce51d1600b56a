"""Changing and cancelling a registration, and what that makes possible for those who wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from services.registration.base.person import PersonChange
from services.registration.base.refusals import (
    PlacesClosed,
    RegistrationCancelled,
)
from services.registration.desk import Desk
from services.registration.history.acts import PERSON, Actor, changed, note
from services.registration.programme.facts import Conference
from services.registration.programme.opening import refuse_if_closed, refuse_unless_open
from services.registration.programme.programmes import lock_conference
from services.registration.seats.places import place
from services.registration.seats.promoting import (
    held_in,
    promote,
    status_with,
    waiting_in,
    write_record,
)
from services.registration.seats.records import Record, Seat, read_record, read_seats
from services.registration.seats.rules import choose, plan_place
from services.registration.seats.seats import give_back, hold, wait_for
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events import registration as events

CANCELLED = "registration.cancelled"  # the act: what was given back is in its `before`


@dataclass(frozen=True)
class Change:
    """Other sessions: the whole choice, with `waiting_for`. With `waitlist`, all that is full is
    waited for."""

    sessions: Sequence[str]
    waitlist: bool = False
    waiting_for: Sequence[str] = ()


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
    tell = _what_to_tell(conference, before, after)
    write_record(connection, conference, after, told=tell in ("change", "everything"))
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
    over = is_over(conference, after)
    if after.link_generation != before.link_generation:
        return "link" if over else "everything"
    return "nothing" if over else "change"


def is_over(conference: Conference, record: Record) -> bool:
    """Whether there is nothing more to come for this person on this day."""
    return (
        record.status == "cancelled"
        or conference.stage == "cancelled"
        or conference.closed_at is not None
        or conference.ends_at <= now()
    )


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
        return withdraw(desk, connection, conference, before, by, reason)


def withdraw(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    before: Record,
    by: Actor,
    reason: str | None = None,
    *,
    unconfirmed: bool = False,
) -> Record:
    """Under the lock: give everything back, say so, and promote whoever that lets in.
    `unconfirmed`: as nobody confirmed the address in time, which the record and the act remember.
    """
    why = "not-confirmed" if unconfirmed else "given-back"
    after, seats = leave(connection, before, conference, let_go=unconfirmed)
    told = place(events.RegistrationCancelled, after, conference, seats, desk.links, why=why)
    desk.log.append(connection, told, subject=after.id)
    was = choice_of(before, seats)
    if after.confirm_by is not None:
        was["confirm_by"] = after.confirm_by.isoformat()
    note(
        connection,
        by,
        CANCELLED,
        conference_id=conference.id,
        registration_id=after.id,
        before=was,
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
    held, waiting = held_in(old), waiting_in(old)
    begun = conference.begun(now())
    chosen = choose(
        conference,
        wanted.sessions or (),
        waitlist=wanted.waitlist,
        waiting_for=wanted.waiting_for,
        held=held,
        waiting=waiting,
        confirmed=record.status == "confirmed",
        begun=begun,
        late=late,
    )
    plan = plan_place(
        conference,
        chosen,
        waitlist=wanted.waitlist,
        waiting_for=wanted.waiting_for,
        held=held,
        waiting=waiting,
        begun=begun,
    )
    freed = held.difference(plan.held)
    give_back(connection, record.id, held=freed, waiting=waiting.difference(plan.waiting))
    hold(connection, record.id, [session for session in plan.held if session not in held])
    wait_for(connection, record.id, set(plan.waiting) - waiting)
    return freed


def leave(
    connection: Connection, record: Record, conference: Conference, *, let_go: bool = False
) -> tuple[Record, tuple[Seat, ...]]:
    """Give all seats back, under the lock; returns the cancelled record and what it gave back.
    `let_go`: because its address was not confirmed, which it remembers.

    The caller promotes whoever that lets in.
    """
    seats = read_seats(connection, conference, record.id)
    give_back(connection, record.id, held=held_in(seats), waiting=waiting_in(seats))
    confirm_by = record.confirm_by if let_go else None
    after = replace(record, status="cancelled", revision=record.revision + 1, confirm_by=confirm_by)
    write_record(connection, conference, after)
    return after, seats


def lock_registration(connection: Connection, registration_id: str) -> tuple[Record, Conference]:
    """The registration and its conference, which nobody else rearranges meanwhile."""
    conference_id = read_record(connection, registration_id).conference_id
    conference = lock_conference(connection, conference_id)
    return read_record(connection, registration_id, lock=True), conference
