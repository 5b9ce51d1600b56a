"""What is known of each registration: its newest place, and what its calendar has been told.

A place is kept as its event says it; what people read of it is `Day.now` of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, bindparam, select, update

from services.notifications.base.known_programmes import Day
from services.notifications.base.tables import (
    KnownConference,
    KnownPlace,
    insert_for,
    table_of,
)
from shared.bus.jobs import JOBS
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
_VERSIONS = (
    select(_DAY.c.version, _TABLE.c.revision)
    .join(_TABLE, _TABLE.c.conference == _DAY.c.slug)
    .where(_OF_REGISTRATION, _TABLE.c.erased_at.is_(None))
)
_NOTE = (
    update(_TABLE)
    .where(_OF_REGISTRATION)
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

    `overtaken`: something newer is known already, the `newest`, so its calendar stays as it is.
    `withdrawn` are the entries that the person must no longer have, `told` is the programme version
    that they know the day by.
    """

    erased: bool = False
    newest: Place | None = None
    told: int = 0
    withdrawn: tuple[Entry, ...] = ()

    @property
    def overtaken(self) -> bool:
        return self.newest is not None


def read(connection: Connection, registration_id: str) -> Known | None:
    return _known(connection, registration_id, lock=False)


def versions(connection: Connection, registration_id: str) -> tuple[int, int] | None:
    """The version of the day's programme and the revision of a person's place that are known; none
    of somebody who was erased."""
    row = connection.execute(_VERSIONS, {"registration": registration_id}).one_or_none()
    return None if row is None else (row.version, row.revision)


def note(connection: Connection, place: Place, day: Day, *, is_told: bool = True) -> Noted:
    """Remember a place unless a newer one is known. Before its email: should the email be lost on
    its way, a later one takes out of the calendar what this one may have put in. Without an email
    (`is_told`) the person knows the day as they did before."""
    known = _known(connection, place.registration_id, lock=True)
    if known is None:
        known = _insert(connection, place, day)
    if known.erased:
        return Noted(erased=True)
    if known.place is not None and place.revision < known.revision:
        return Noted(newest=known.place)
    now = calendar_of(place, day)
    withdrawn = _without(known.calendar, now)
    told = max(known.told, place.programme_version if is_told else 0)
    _write(connection, place, day, told, calendar=(*now, *withdrawn))
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


def _insert(connection: Connection, place: Place, day: Day) -> Known:
    """The first that is heard of a registration; another worker may hear of it at the same time."""
    # Of a cancelled one the calendar may have what it gives back, told by a database since lost.
    cancelled = place.status == "cancelled"
    before = held_entries(day.now(place), day.sessions) if cancelled else ()
    fields = {
        "registration_id": place.registration_id,
        "revision": 0,
        "place": None,
        "calendar": _ENTRIES.dump_json(before).decode(),
        "reminders": True,
        "told": 0,
        "erased_at": None,
    }
    inserted = connection.execute(_insert_new(connection.dialect.name), fields).first()
    known = Known(0, None, before) if inserted else None
    known = known or _known(connection, place.registration_id, lock=True)
    if known is None:
        raise LookupError(place.registration_id)  # neither inserted nor there
    return known


def _write(
    connection: Connection, place: Place, day: Day, told: int, calendar: Iterable[Entry]
) -> None:
    connection.execute(
        _NOTE,
        {
            "registration": place.registration_id,
            "new_conference": place.conference.slug,
            "new_status": place.status,
            "new_seats": seat_marks(day.now(place)),
            "new_revision": place.revision,
            "new_told": told,
            "new_place": _dumped(place),
            "new_calendar": _ENTRIES.dump_json(tuple(calendar)).decode(),
        },
    )


def _dumped(place: Place) -> str:
    return place.model_dump_json(include=set(Place.model_fields))


def _without(old: Iterable[Entry], new: Iterable[Entry]) -> tuple[Entry, ...]:
    kept = {entry.uid for entry in new}
    return tuple(entry for entry in old if entry.uid not in kept)
