"""What is known of each registration: its newest place, and what its calendar has been told.

A place is kept as its event says it; what people read of it is `Day.now` of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Integer, bindparam, select, update

from services.notifications.base.known_programmes import Day
from services.notifications.base.tables import (
    KnownConference,
    KnownPlace,
    insert_for,
    table_of,
)
from shared.bus.jobs import JOBS
from shared.bus.lease import Provided
from shared.events import Event
from shared.events.registration import (
    Place,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
)
from shared.handouts.calendar import Entry, entries, held_entries

FIRST = 1  # the revision of a place that is most often the first that is heard of it

_ENTRIES = TypeAdapter(tuple[Entry, ...])

# Statements that every email needs are built once, and not of mapped classes: that is half of their
# cost.
_TABLE = table_of(KnownPlace)
_OF_REGISTRATION = _TABLE.c.registration_id == bindparam("registration")
_FIND = select(
    _TABLE.c.revision,
    _TABLE.c.place,
    _TABLE.c.calendar,
    _TABLE.c.reminders,
    _TABLE.c.told,
    _TABLE.c.erased_at,
).where(_OF_REGISTRATION)
_FIND_AND_LOCK = _FIND.with_for_update()
_DAY = table_of(KnownConference)
_REVISION = select(_TABLE.c.revision).where(_OF_REGISTRATION, _TABLE.c.erased_at.is_(None))
_IS_NEWEST = _REVISION.where(
    _TABLE.c.revision == bindparam("of_revision"),
    _DAY.c.slug == _TABLE.c.conference,
    _DAY.c.version == bindparam("of_version"),
).exists()
_IS_AT = _REVISION.scalar_subquery().is_not_distinct_from(bindparam("of_revision", type_=Integer))
_NOTE = (
    update(_TABLE)
    .where(_TABLE.c.registration_id == bindparam("new_registration_id"))
    .values(
        conference=bindparam("new_conference"),
        status=bindparam("new_status"),
        seats=bindparam("new_seats"),
        revision=bindparam("new_revision"),
        place=bindparam("new_place"),
        calendar=bindparam("new_calendar"),
        told=bindparam("new_told"),
    )
)
_TOLD = (
    update(_TABLE)
    .where(
        _OF_REGISTRATION,
        _TABLE.c.revision == bindparam("of_revision"),
        _TABLE.c.erased_at.is_(None),
    )
    .values(calendar=bindparam("new_calendar"))
)
_OF_PLACES = {
    kind.type
    for kind in (
        RegistrationConfirmed,
        RegistrationWaitlisted,
        RegistrationPromoted,
        RegistrationChanged,
        RegistrationCancelled,
    )
}
_OPEN = select(JOBS.c.type, JOBS.c.envelope).where(
    JOBS.c.subject == bindparam("registration"), JOBS.c.state.in_(("waiting", "queued", "running"))
)


@lru_cache(maxsize=2)
def _insert_new(dialect: str) -> Any:
    return insert_for(dialect, _TABLE).on_conflict_do_nothing().returning(_TABLE.c.revision)


@dataclass(frozen=True)
class Known:
    """A registration as far as it is known here. `calendar` is what the person may have in it,
    `told` the programme version that they know the day by."""

    revision: int
    place: Place | None
    calendar: tuple[Entry, ...] = ()
    reminders: bool = True
    told: int = 0
    erased: bool = False


@dataclass(frozen=True)
class Noted:
    """What an event about a place means beside what was known.

    `first`: nothing was, nor planned for it. `overtaken`: something newer is known already, the
    `newest`, so its calendar stays as it is. `withdrawn` are the entries that the person must no
    longer have, `told` is the programme version that they know the day by.
    """

    erased: bool = False
    first: bool = False
    newest: Place | None = None
    told: int = 0
    withdrawn: tuple[Entry, ...] = ()

    @property
    def overtaken(self) -> bool:
        return self.newest is not None


def read(connection: Connection, registration_id: str) -> Known | None:
    return _known(connection, registration_id, lock=False)


def newest(place: Place, day: Day) -> Provided:
    """That a person's place and their day are known as they are here, and the person not erased."""
    values = {"of_revision": place.revision, "of_version": day.version}
    return Provided(_IS_NEWEST, {"registration": place.registration_id, **values})


def unchanged(registration_id: str, known: Known | None) -> Provided:
    """That a person is known as they were read here, or as little."""
    revision = known.revision if known else None
    return Provided(_IS_AT, {"registration": registration_id, "of_revision": revision})


def note(connection: Connection, place: Place, day: Day, *, is_told: bool = True) -> Noted:
    """Remember a place unless a newer one is known. Before its email: should the email be lost on
    its way, a later one takes out of the calendar what this one may have put in. Without an email
    (`is_told`) the person knows the day as they did before."""
    current = day.now(place)
    known = None
    if place.revision > FIRST:
        known = _known(connection, place.registration_id, lock=True)
    if known is None:
        new = _first_noted(connection, place, current, day, is_told=is_told)
        if new is not None:
            return new
        known = _known(connection, place.registration_id, lock=True)
    if known is None:
        raise LookupError(place.registration_id)  # neither inserted nor there
    if known.erased:
        return Noted(erased=True)
    if known.place is not None and place.revision < known.revision:
        return Noted(newest=known.place)
    now = calendar_of(current, day)
    withdrawn = _without(known.calendar, now)
    told = max(known.told, place.programme_version if is_told else 0)
    row = _row(place, current, told, (*now, *withdrawn))
    connection.execute(_NOTE, {f"new_{name}": value for name, value in row.items()})
    return Noted(withdrawn=withdrawn, told=told)


def hurry(connection: Connection, registration_id: str, day: Day) -> None:
    """Note what the inbox says of somebody: it counts as known."""
    for kind, envelope in connection.execute(_OPEN, {"registration": registration_id}).all():
        if kind in _OF_PLACES:
            try:
                event = Event[Place].model_validate_json(envelope)
            except ValidationError:
                continue  # its own job says so
            if not event.redacted:
                note(connection, event.data, day, is_told=False)


def calendar_of(place: Place, day: Day) -> tuple[Entry, ...]:
    """What belongs in the person's calendar now."""
    return () if day.cancelled is not None else entries(day.now(place), day.sessions)


def calendar_told(connection: Connection, place: Place, day: Day) -> None:
    """The person has been sent the calendar of this place: nothing else is in it any more."""
    connection.execute(
        _TOLD,
        {
            "registration": place.registration_id,
            "of_revision": place.revision,
            "new_calendar": _ENTRIES.dump_json(calendar_of(place, day)).decode(),
        },
    )


def note_told(connection: Connection, registration_id: str, version: int) -> None:
    """The person has been told of the programme up to this version."""
    connection.execute(
        update(KnownPlace)
        .where(KnownPlace.registration_id == registration_id, KnownPlace.told < version)
        .values(told=version)
    )


def seat_marks(place: Place) -> str:
    """Its seats, for a search by session: " held:atelier-1 waiting:atelier-2 "."""
    return "".join(f" {seat.state}:{seat.session}" for seat in place.seats) + " "


def end_reminders(connection: Connection, registration_id: str) -> None:
    connection.execute(
        update(KnownPlace)
        .where(KnownPlace.registration_id == registration_id)
        .values(reminders=False)
    )


def _known(connection: Connection, registration_id: str, *, lock: bool) -> Known | None:
    statement = _FIND_AND_LOCK if lock else _FIND
    row = connection.execute(statement, {"registration": registration_id}).one_or_none()
    if row is None:
        return None
    place = Place.model_validate_json(row.place) if row.place else None
    return Known(
        revision=row.revision,
        place=place,
        calendar=_ENTRIES.validate_json(row.calendar),
        reminders=row.reminders,
        told=row.told,
        erased=row.erased_at is not None,
    )


def _first_noted(
    connection: Connection, place: Place, current: Place, day: Day, *, is_told: bool
) -> Noted | None:
    """What is noted of a registration that was not heard of before; None of one that was, by now:
    another worker may hear of it at the same time."""
    now = calendar_of(current, day)
    # Of a cancelled one the calendar may have what it gives back, told by a database since lost.
    before = held_entries(current, day.sessions) if place.status == "cancelled" else ()
    withdrawn = _without(before, now)
    told = place.programme_version if is_told else 0
    row = _row(place, current, told, (*now, *withdrawn))
    inserted = connection.execute(_insert_new(connection.dialect.name), row).first()
    return Noted(first=True, withdrawn=withdrawn, told=told) if inserted else None


def _row(place: Place, current: Place, told: int, calendar: Iterable[Entry]) -> dict[str, Any]:
    """A place as its event says it; the seats `current`, as the day is now."""
    return {
        "registration_id": place.registration_id,
        "conference": place.conference.slug,
        "status": place.status,
        "seats": seat_marks(current),
        "revision": place.revision,
        "told": told,
        "place": _dumped(place),
        "calendar": _ENTRIES.dump_json(tuple(calendar)).decode(),
    }


def _dumped(place: Place) -> str:
    return place.model_dump_json(include=set(Place.model_fields))


def _without(old: Iterable[Entry], new: Iterable[Entry]) -> tuple[Entry, ...]:
    kept = {entry.uid for entry in new}
    return tuple(entry for entry in old if entry.uid not in kept)
