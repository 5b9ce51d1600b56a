"""Each conference as it is now: whatever people read of a day is made from its newest programme and
their own seats, never from what an older event says of the day.

A programme that is in the inbox counts as known, whatever waits before it: whoever writes an email
notes it first. Writing an email and noting a programme exclude each other by the lock on the
conference's row, so whoever follows a programme to people finds all who were written to before it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, delete, select, text, update

from services.notifications.base import programme_versions
from services.notifications.base.programme_versions import parsed, written
from services.notifications.base.tables import (
    KnownConference,
    KnownPlace,
    insert_for,
    table_of,
)
from shared.events import Event
from shared.events.registration import (
    Conference,
    ConferenceCancelled,
    ConferenceChanged,
    ConferencePublished,
    Place,
    Programme,
    Seat,
    Session,
)

P = TypeVar("P", bound=Place)

SKEW = timedelta(minutes=1)  # of clocks: an older version that is said later than this is new

_KINDS: dict[str, type[Programme]] = {
    kind.type: kind for kind in (ConferencePublished, ConferenceChanged, ConferenceCancelled)
}

# Statements that every email needs are built once.
_TABLE = table_of(KnownConference)
_FIND = select(_TABLE).where(_TABLE.c.slug == bindparam("conference"))
# As the index on them has it, word for word.
_IS_OPEN = (
    "FROM job WHERE type IN ('conference.published', 'conference.changed', 'conference.cancelled')"
    " AND state IN ('waiting', 'queued', 'running')"
)
_OPEN = text(f"SELECT envelope {_IS_OPEN} ORDER BY position")
_FIND_AND_HOLD = _FIND.with_for_update(read=True)
# Nothing is held where there is more to note: who notes holds the row alone.
_FIND_AND_HOLD_NEWEST = _FIND_AND_HOLD.where(text(f"NOT EXISTS (SELECT 1 {_IS_OPEN})"))


@lru_cache(maxsize=2)
def _insert_new(dialect: str) -> Any:
    return insert_for(dialect, _TABLE).on_conflict_do_nothing()


@dataclass(frozen=True)
class Day:
    """A conference as it is known now; without a `programme` nothing was heard of it yet.

    `gone`: for a session that was ever missing, the last version without it. `notice`: the version
    that people were last to be told of, by an event of `notice_at`. `cancelled`: why.
    """

    slug: str
    programme: Programme | None = None
    version: int = 0
    gone: Mapping[str, int] = field(default_factory=dict)
    notice: int = 0
    notice_at: datetime | None = None
    cancelled: str | None = None
    reminded_for: str = ""

    def now(self, place: P) -> P:
        """A place with the facts of the newest programme. A seat goes with its session, also when
        the session has come back since."""
        programme = self.programme
        if programme is None or place.programme_version > programme.programme_version:
            return place
        if place.conference is programme.conference:
            return place  # it was made here
        sessions = _by_id(programme)
        seats = tuple(
            _as_now(seat, sessions[seat.session])
            for seat in place.seats
            if seat.session in sessions and not self.lost(place, seat)
        )
        return place.model_copy(
            update={
                "conference": programme.conference,
                "seats": seats,
                "programme_version": programme.programme_version,
            }
        )

    @property
    def sessions(self) -> tuple[Session, ...]:
        return self.programme.sessions if self.programme else ()

    def conference(self, other: Conference) -> Conference:
        """As it is now, or as an event says it."""
        return self.programme.conference if self.programme else other

    def lost(self, place: Place, seat: Seat) -> bool:
        """Whether its session was missing at a version after the place was written."""
        return self.gone.get(seat.session, -1) > place.programme_version


def read(connection: Connection, slug: str) -> Day:
    return _day(slug, connection.execute(_FIND, {"conference": slug}).one_or_none())


def hold(connection: Connection, slug: str) -> Day:
    """The day with whatever the inbox says of it, which stays the newest until the end of this
    transaction."""
    row = connection.execute(_FIND_AND_HOLD_NEWEST, {"conference": slug}).one_or_none()
    if row is None:
        _note_open(connection)
        _make_room(connection, slug)
        row = connection.execute(_FIND_AND_HOLD, {"conference": slug}).one()
    return _day(slug, row)


def _note_open(connection: Connection) -> None:
    """Whatever the inbox says of any day."""
    for (envelope,) in connection.execute(_OPEN).all():
        kind = _KINDS[json.loads(envelope)["type"]]
        try:
            event = Event[kind].model_validate_json(envelope)  # type: ignore[valid-type]  # the class is known at run time
        except ValidationError:
            continue  # its own job says so
        note(connection, event)


def note(connection: Connection, event: Event[Any]) -> None:
    """Remember a programme; again is harmless, and an older one never takes a newer one's place."""
    said: Programme = event.data
    slug = said.conference.slug
    _make_room(connection, slug)
    row = connection.execute(_FIND.with_for_update(), {"conference": slug}).one()
    if row.said_at and said.programme_version < row.version and event.time > row.said_at + SKEW:
        _forget_from(connection, slug, said.programme_version)
        row = connection.execute(_FIND.with_for_update(), {"conference": slug}).one()
    programme_versions.keep(connection, said)
    gone = json.loads(row.gone)
    ids = {session.session for session in said.sessions}
    newest = parsed(row.programme) if row.programme else said
    for missing in {*gone, *_by_id(newest)} - ids:
        gone[missing] = max(gone.get(missing, -1), said.programme_version)
    values: dict[str, Any] = {"gone": json.dumps(gone)}
    if said.programme_version >= row.version:
        values |= {"programme": written(said), "version": said.programme_version}
        values["said_at"] = event.time
    if _tells(said) and said.programme_version >= row.notice:
        values |= {"notice": said.programme_version, "notice_at": event.time}
    if isinstance(said, ConferenceCancelled):
        values["cancelled"] = said.reason
    connection.execute(update(KnownConference).where(KnownConference.slug == slug).values(values))


def _forget_from(connection: Connection, slug: str, number: int) -> None:
    """What was heard of this version and later is of another life: the draft was deleted and made
    again, or a backup of the publisher was restored."""
    programme_versions.forget(connection, slug, number)
    connection.execute(delete(KnownConference).where(KnownConference.slug == slug))
    connection.execute(
        update(KnownPlace)
        .where(KnownPlace.conference == slug, KnownPlace.told >= number)
        .values(told=number - 1)
    )
    _make_room(connection, slug)


def remind_for(connection: Connection, slug: str, date: str) -> None:
    connection.execute(
        update(KnownConference).where(KnownConference.slug == slug).values(reminded_for=date)
    )


def date_of(conference: Conference) -> str:
    """The day on the clocks of its place, with the name of these clocks."""
    zone = ZoneInfo(conference.timezone)
    return f"{conference.starts_at.astimezone(zone).date().isoformat()} {conference.timezone}"


def _tells(said: Programme) -> bool:
    return isinstance(said, ConferenceCancelled) or (
        isinstance(said, ConferenceChanged) and said.tell
    )


def _make_room(connection: Connection, slug: str) -> None:
    empty = {"slug": slug, "version": 0, "gone": "{}", "notice": 0, "reminded_for": ""}
    connection.execute(_insert_new(connection.dialect.name), empty)


def _day(slug: str, row: Any) -> Day:
    if row is None:
        return Day(slug)
    return Day(
        slug,
        programme=parsed(row.programme) if row.programme else None,
        version=row.version,
        gone=json.loads(row.gone),
        notice=row.notice,
        notice_at=row.notice_at,
        cancelled=row.cancelled,
        reminded_for=row.reminded_for,
    )


def _by_id(programme: Programme) -> dict[str, Session]:
    return {session.session: session for session in programme.sessions}


def _as_now(seat: Seat, session: Session) -> Seat:
    facts = ("title", "kind", "room", "venue", "address", "starts_at", "ends_at")
    return seat.model_copy(update={name: getattr(session, name) for name in facts})


def sessions_of(programme: Programme) -> dict[str, str]:
    """The titles of the sessions that people choose, by id, in the order of the day."""
    return {
        each.session: each.title
        for each in sorted(programme.sessions, key=lambda each: (each.starts_at, each.session))
        if each.chosen
    }
