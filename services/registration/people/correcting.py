"""Corrections of a person: names, address, organisation, language; at the door of everything that
has to follow, from the link in their email to their certificate."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import Connection

from services.registration.base.person import PersonChange, address_key
from services.registration.base.refusals import (
    CorrectedTooOften,
    DetailsClosed,
    Fault,
    Invalid,
    PersonErased,
    RegistrationCancelled,
)
from services.registration.day.certifying import certify_again
from services.registration.desk import Desk
from services.registration.history.acts import PERSON, Actor, history
from services.registration.programme.facts import Conference
from services.registration.programme.telling import conference_of
from services.registration.seats.changing import Change, is_over, lock_registration, rewrite
from services.registration.seats.letting_go import kept_until_confirmed
from services.registration.seats.places import person_of
from services.registration.seats.records import Record, Seat
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events.registration import RegistrationAddressCorrected

# Each sends emails to two addresses, one of which may be a stranger's.
MOST_ADDRESSES, WITHIN = 3, timedelta(hours=24)

# What a certificate says of its holder.
_CERTIFIED = ("first_name", "last_name", "organisation")


@dataclass(frozen=True)
class Correction:
    """What is right instead, and the sessions, if others are wanted too. `reason` is an
    organiser's."""

    person: PersonChange = field(default_factory=PersonChange)
    change: Change | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Corrected:
    """As it is now. `readdressed`: it has another link than before; `told_all`: a new address is
    sent everything, and not the link alone."""

    record: Record
    conference: Conference
    seats: tuple[Seat, ...]
    readdressed: bool
    told_all: bool


@retried
def correct(desk: Desk, registration_id: str, wanted: Correction, by: Actor = PERSON) -> Corrected:
    """Raises a Refusal; then nothing is stored.

    A person may do so until the day is closed, their address a few times a day; an organiser
    always. For sessions, see `change`.
    """
    with desk.database.begin() as connection:
        before, conference = lock_registration(connection, registration_id)
        _refuse(before, conference, wanted, by)
        record = replace(before, **wanted.person.corrections)
        readdressed = address_key(record.email) != address_key(before.email)
        if readdressed:
            _refuse_too_often(connection, before, by)
            record = replace(record, link_generation=before.link_generation + 1)
            if before.to_confirm_by is not None:
                record = kept_until_confirmed(connection, conference, record, by)
        after, seats = rewrite(
            desk, connection, conference, before, record, wanted.change, by, wanted.reason
        )
        if readdressed:
            _tell_old_address(desk, connection, conference, before, after)
        if before.attendance_version and _what_is_certified(before) != _what_is_certified(after):
            certify_again(desk, connection, conference, after)
        return Corrected(after, conference, seats, readdressed, not is_over(conference, after))


def _refuse(record: Record, conference: Conference, wanted: Correction, by: Actor) -> None:
    if record.erased_at is not None:
        raise PersonErased
    if by.kind != "person":
        return
    if wanted.reason is not None:
        raise Invalid([Fault("/reason", "Only an organiser gives a reason.")])
    if record.status == "cancelled":
        raise RegistrationCancelled
    if conference.closed_at is not None and wanted.person.corrections:
        raise DetailsClosed


def _refuse_too_often(connection: Connection, record: Record, by: Actor) -> None:
    """By what the history has, which every process reads."""
    if by.kind != "person":
        return
    acts = history(
        connection, registration_id=record.id, since=now() - WITHIN, what="person.corrected"
    )
    corrected = [
        act
        for act in acts
        if act["actor"]["kind"] == "person"
        and "email" in act["after"]
        and address_key(act["before"]["email"] or "") != address_key(act["after"]["email"] or "")
    ]
    if len(corrected) >= MOST_ADDRESSES:
        raise CorrectedTooOften(most=MOST_ADDRESSES)


def _tell_old_address(
    desk: Desk, connection: Connection, conference: Conference, before: Record, after: Record
) -> None:
    person = person_of(before).model_copy(update={"organisation": None})
    told = RegistrationAddressCorrected(
        registration_id=before.id,
        person=person,
        person_now=person_of(after),
        manage_url=desk.links.manage_url(after.id, after.link_generation),
        conference=conference_of(conference, desk.links),
    )
    desk.log.append(connection, told, subject=before.id)


def _what_is_certified(record: Record) -> tuple[str | None, ...]:
    return tuple(getattr(record, name) for name in _CERTIFIED)
