"""A person's place as the events tell it."""

from collections.abc import Iterable
from typing import Any, TypeVar

from services.registration.base.links import Links
from services.registration.programme import facts
from services.registration.programme.telling import conference_of
from services.registration.seats.records import Record, Seat
from shared.base.clock import now
from shared.events import registration as events

E = TypeVar("E", bound=events.Place)


def person_of(record: Record) -> events.Person:
    return events.Person(
        first_name=record.first_name,
        last_name=record.last_name,
        email=record.email,
        organisation=record.organisation,
        locale=record.locale,
    )


def seat_of(seat: Seat) -> events.Seat:
    session = seat.session
    return events.Seat(
        session=session.slug,
        title=session.title,
        kind=session.kind,
        room=session.room,
        venue=session.venue,
        address=session.address,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        state=seat.state,
        rank=seat.rank,
    )


def place(
    kind: type[E],
    record: Record,
    conference: facts.Conference,
    seats: Iterable[Seat],
    links: Links,
    **extra: Any,
) -> E:
    """The event of `kind` about this registration as it is after the change, with the link that
    emails carry and no page shows."""
    return kind(
        registration_id=record.id,
        code=record.code,
        revision=record.revision,
        status=record.status,
        person=person_of(record),
        conference=conference_of(conference, links),
        seats=tuple(seat_of(seat) for seat in seats),
        manage_url=links.emailed_url(record.id, record.link_generation),
        registered_by=record.registered_by,
        confirm_by=record.to_confirm_by if conference.asks_to_confirm(now()) else None,
        programme_version=conference.version,
        **extra,
    )
