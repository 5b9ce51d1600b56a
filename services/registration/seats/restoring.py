"""Undoing a cancellation: the same registration again, while what it had is free."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from services.registration.base.refusals import (
    NotCancelled,
    NothingToRestore,
    PersonErased,
    SessionBegun,
    SessionFull,
)
from services.registration.desk import Desk
from services.registration.history.acts import PERSON, Actor, last_act, note
from services.registration.programme.facts import Conference, Session
from services.registration.programme.opening import refuse_if_closed, refuse_unless_open
from services.registration.seats.changing import CANCELLED, choice_of, lock_registration
from services.registration.seats.letting_go import kept_until_confirmed
from services.registration.seats.places import place
from services.registration.seats.promoting import promote, write_record
from services.registration.seats.records import Record, read_seats
from services.registration.seats.seats import hold, wait_for
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events.registration import RegistrationConfirmed, RegistrationWaitlisted


@retried
def restore(desk: Desk, registration_id: str, by: Actor = PERSON) -> Record:
    """Give back to the person what the cancellation took, all of it or a Refusal. Waitlists are
    joined at their end.

    An organiser may do so until the day is closed, a person while registration is open.
    """
    with desk.database.begin() as connection:
        before, conference = lock_registration(connection, registration_id)
        if before.erased_at is not None:
            raise PersonErased
        if before.status != "cancelled":
            raise NotCancelled
        if by.kind == "person":
            refuse_unless_open(conference, now())
        else:
            refuse_if_closed(conference)
        had = last_act(connection, before.id, CANCELLED)
        if had is None:
            raise NothingToRestore
        held = _still_there(conference, had["held"])
        _refuse_unless_free(conference, held)
        awaited = _still_there(conference, had["waiting"])
        waiting = [session for session in awaited if not _has_begun(conference, session)]
        hold(connection, before.id, [session.id for session in held])
        wait_for(connection, before.id, [session.id for session in waiting])
        after = replace(before, status=had["status"], revision=before.revision + 1)
        after = kept_until_confirmed(connection, conference, after, by)
        write_record(connection, conference, after)
        _tell(desk, connection, conference, after, by)
        # A place that became free when nobody else waited for it.
        promote(
            desk, connection, conference, [session.id for session in waiting], movers=[after.id]
        )
        return after


def _tell(
    desk: Desk, connection: Connection, conference: Conference, record: Record, by: Actor
) -> None:
    seats = read_seats(connection, conference, record.id)
    kind = RegistrationConfirmed if record.status == "confirmed" else RegistrationWaitlisted
    told = place(kind, record, conference, seats, desk.links)
    desk.log.append(connection, told, subject=record.id)
    note(
        connection,
        by,
        "registration.restored",
        conference_id=conference.id,
        registration_id=record.id,
        before={"status": "cancelled"},
        after=choice_of(record, seats),
    )


def _refuse_unless_free(conference: Conference, sessions: list[Session]) -> None:
    for session in sessions:
        if _has_begun(conference, session):
            raise SessionBegun(title=session.title, extra={"sessions": [session.slug]})
    full = [session for session in sessions if session.is_full]
    if full:
        raise SessionFull(
            titles="; ".join(session.title for session in full),
            extra={"sessions": [session.slug for session in full]},
        )


def _has_begun(conference: Conference, session: Session) -> bool:
    return session.starts_at - timedelta(minutes=conference.closes_before) <= now()


def _still_there(conference: Conference, slugs: list[str]) -> list[Session]:
    return [session for session in conference.sessions if session.slug in slugs]
