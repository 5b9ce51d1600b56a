"""Reading conferences: whole, or only the counts when this process knows the programme already."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.orm import InstrumentedAttribute

from services.registration.base import tables
from services.registration.base.refusals import NotFound
from services.registration.programme.facts import Conference, Session, Speaker
from shared.base.database import Database

_CONFERENCE: list[InstrumentedAttribute[Any]] = [
    tables.Conference.id,
    tables.Conference.version,
    tables.Conference.slug,
    tables.Conference.title,
    tables.Conference.organiser,
    tables.Conference.contact_email,
    tables.Conference.language,
    tables.Conference.timezone,
    tables.Conference.date,
    tables.Conference.venue,
    tables.Conference.address,
    tables.Conference.city,
    tables.Conference.description,
    tables.Conference.starts_at,
    tables.Conference.ends_at,
    tables.Conference.opens_at,
    tables.Conference.closes_at,
    tables.Conference.closed_at,
    tables.Conference.workshop_presence,
    tables.Conference.presence_evidence,
    tables.Conference.stage,
    tables.Conference.cancelled_at,
    tables.Conference.cancel_reason,
    tables.Conference.closes_before,
    tables.Conference.confirm_within,
    tables.Conference.free_after,
    tables.Conference.least_minutes,
    tables.Conference.least_share,
    tables.Conference.counted,
    tables.Conference.retention_months,
    tables.Conference.data_contact,
    tables.Conference.data_note,
    tables.Conference.access,
    tables.Conference.colour,
    tables.Conference.image,
    tables.Conference.logo,
    tables.Conference.moved_from,
]
_SESSION: list[InstrumentedAttribute[Any]] = [
    tables.Session.id,
    tables.Session.slug,
    tables.Session.kind,
    tables.Session.title,
    tables.Session.starts_at,
    tables.Session.ends_at,
    tables.Session.room,
    tables.Session.description,
    tables.Session.speakers,
    tables.Session.capacity,
    tables.Session.taken,
    tables.Session.waiting,
    tables.Session.present,
    tables.Session.venue,
    tables.Session.address,
    tables.Session.required,
    tables.Session.unlimited,
    tables.Session.beyond,
]
_CONFERENCE_NAMES = [column.key for column in _CONFERENCE]
_SESSION_NAMES = [column.key for column in _SESSION]
# One statement, hence one snapshot: a programme is never seen half changed.
_WHOLE = (
    select(*_CONFERENCE, *_SESSION)
    .join(tables.Session, tables.Session.conference_id == tables.Conference.id)
    .order_by(tables.Conference.id, tables.Session.rank)
)
_BY_SLUG = _WHOLE.where(tables.Conference.slug == bindparam("conference_slug"))
_BY_ID = _WHOLE.where(tables.Conference.id == bindparam("conference_id"))
_COUNTS = (
    select(
        tables.Conference.version,
        tables.Session.id,
        tables.Session.taken,
        tables.Session.waiting,
        tables.Session.beyond,
    )
    .join(tables.Session, tables.Session.conference_id == tables.Conference.id)
    .where(tables.Conference.slug == bindparam("conference_slug"))
)
_LOCK = (
    select(tables.Session.id)
    .where(
        tables.Session.conference_id == bindparam("conference_id"),
        tables.Session.capacity.is_not(None),
    )
    .order_by(tables.Session.id)
    # Not the keys: those stay free for the foreign keys of seats being inserted.
    .with_for_update(key_share=True)
)


class Programmes:
    """The conferences, as this process has last seen them.

    What is only `known` may be out of date: it is good enough to try, never to refuse.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[str, Conference] = {}

    def known(self, slug: str) -> Conference:
        """As last seen by this process. Raises NotFound."""
        return self.seen(slug) or self.fresh(slug)

    def seen(self, slug: str) -> Conference | None:
        """The same, without asking the database; None of what this process has not seen."""
        return self._seen.get(slug)

    def forget(self, slug: str) -> None:
        """It has been deleted."""
        self._seen.pop(slug, None)

    def fresh(self, slug: str) -> Conference:
        """As it is now, counts included. Raises NotFound."""
        with self._database.read() as connection:
            seen = self._seen.get(slug)
            rows = connection.execute(_COUNTS, {"conference_slug": slug}).all() if seen else ()
            if seen and rows and all(row.version == seen.version for row in rows):
                conference = seen.with_counts(
                    {row.id: (row.taken, row.waiting, row.beyond) for row in rows}
                )
            else:
                conference = load_conference(connection, slug)
        self._seen[slug] = conference
        return conference


def load_conference(connection: Connection, slug: str) -> Conference:
    """The conference and its sessions. Raises NotFound."""
    if "\x00" in slug:  # PostgreSQL would not even compare it
        raise NotFound
    return _one(connection.execute(_BY_SLUG, {"conference_slug": slug}).all())


def load_conference_by_id(connection: Connection, conference_id: int) -> Conference:
    return _one(connection.execute(_BY_ID, {"conference_id": conference_id}).all())


def load_all(connection: Connection) -> list[Conference]:
    """Every conference, the next or latest day first."""
    days: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(_WHOLE):
        days.setdefault(row[0], []).append(row)
    return sorted(
        (_one(rows) for rows in days.values()), key=lambda day: day.starts_at, reverse=True
    )


def lock_conference(connection: Connection, conference_id: int) -> Conference:
    """The conference with all its counters held by this transaction.

    Whatever rearranges existing seats does so under this lock, taken first and in one order.
    """
    connection.execute(_LOCK, {"conference_id": conference_id}).all()
    return load_conference_by_id(connection, conference_id)


def bump_version(connection: Connection, conference: Conference) -> None:
    """Make every process read the programme again before it acts on it."""
    version = conference.version + 1
    connection.execute(
        update(tables.Conference)
        .where(tables.Conference.id == conference.id)
        .values(version=version)
    )
    connection.execute(
        update(tables.Session)
        .where(tables.Session.conference_id == conference.id)
        .values(version=version)
    )


def _one(rows: Sequence[Row[Any]]) -> Conference:
    if not rows:
        raise NotFound
    conference: dict[str, Any] = dict(zip(_CONFERENCE_NAMES, rows[0], strict=False))
    conference["counted"] = tuple(conference["counted"])
    return Conference(
        **conference, sessions=tuple(_session(row[len(_CONFERENCE) :]) for row in rows)
    )


def _session(row: Sequence[Any]) -> Session:
    session: dict[str, Any] = dict(zip(_SESSION_NAMES, row, strict=True))
    session["speakers"] = tuple(Speaker(**speaker) for speaker in session["speakers"])
    if session["unlimited"]:
        session["capacity"] = None
    elif session["capacity"] is not None:
        session["capacity"] -= session["beyond"]
    return Session(**session)
