"""Importing a programme: once to create the conference, again to bring it up to date in place."""

from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from services.registration.base import tables
from services.registration.base.refusals import (
    AddressTaken,
    CapacityBelowTaken,
    DayClosed,
    NotFound,
    ProgrammeChanged,
    SessionInUse,
)
from services.registration.base.timers import recount, set_closing_timer
from services.registration.desk import Desk
from services.registration.programme.document import PlannedSession, Programme
from services.registration.programme.facts import Conference, Session
from services.registration.programme.programmes import bump_version, load_conference_by_id
from services.registration.seats.changing import promote
from shared.base.transactions import retried


@retried
def import_programme(
    desk: Desk, programme: Programme, *, based_on: int | None = None
) -> Conference:
    """Create the conference or update it; whoever a raised capacity lets in is promoted.

    `based_on` is the version that the programme was written from, 0 for a new conference; without
    it, whatever is there is overwritten. Raises DayClosed, CapacityBelowTaken, SessionInUse,
    AddressTaken, ProgrammeChanged; then nothing is changed.
    """
    with desk.database.begin() as connection:
        conference_id = connection.execute(
            select(tables.Conference.id)
            .where(tables.Conference.slug == programme.slug)
            .with_for_update()
        ).scalar()
        if conference_id is None:
            conference_id = _create(connection, programme)
        elif based_on == 0:
            raise AddressTaken(slug=programme.slug)
        else:
            _update(connection, conference_id, programme, based_on)
        conference = load_conference_by_id(connection, conference_id)
        set_closing_timer(
            connection, conference.slug, conference.last_ends_at, desk.close_after_hours
        )
        promote(desk, connection, conference, _choosable(conference))
        recount(connection, conference.slug, conference.version)
    return desk.programmes.fresh(programme.slug)


@retried
def set_capacity(desk: Desk, slug: str, session_slug: str, capacity: int) -> Session:
    """Change one session's capacity. Raises NotFound, DayClosed, CapacityBelowTaken."""
    conference = desk.programmes.fresh(slug)
    with desk.database.begin() as connection:
        connection.execute(
            select(tables.Conference.id)
            .where(tables.Conference.id == conference.id)
            .with_for_update()
        )
        connection.execute(
            select(tables.Session.id)
            .where(tables.Session.conference_id == conference.id)
            .order_by(tables.Session.id)
            .with_for_update()
        ).all()
        conference = load_conference_by_id(connection, conference.id)
        session = conference.by_slug.get(session_slug)
        if session is None or session.capacity is None:
            raise NotFound
        if conference.closed_at is not None:
            raise DayClosed
        _refuse_too_small(session, capacity)
        bump_version(connection, conference)
        connection.execute(
            update(tables.Session).where(tables.Session.id == session.id).values(capacity=capacity)
        )
        promote(desk, connection, conference, [session.id])
        recount(connection, conference.slug, conference.version + 1)
    return desk.programmes.fresh(slug).by_slug[session_slug]


def _create(connection: Connection, programme: Programme) -> int:
    conference_id: int = connection.execute(
        insert(tables.Conference)
        .values(**_conference_columns(programme))
        .returning(tables.Conference.id)
    ).scalar_one()
    for rank, session in enumerate(programme.sessions):
        connection.execute(
            insert(tables.Session).values(
                conference_id=conference_id, version=1, rank=rank, **_session_columns(session)
            )
        )
    return conference_id


def _update(
    connection: Connection, conference_id: int, programme: Programme, based_on: int | None
) -> None:
    connection.execute(
        select(tables.Session.id)
        .where(tables.Session.conference_id == conference_id)
        .order_by(tables.Session.id)
        .with_for_update()
    ).all()
    before = load_conference_by_id(connection, conference_id)
    if before.closed_at is not None:
        raise DayClosed
    if based_on is not None and before.version != based_on:
        raise ProgrammeChanged
    version = before.version + 1
    connection.execute(
        update(tables.Conference)
        .where(tables.Conference.id == conference_id)
        .values(version=version, **_conference_columns(programme))
    )
    for session in before.sessions:
        if session.slug not in {planned.slug for planned in programme.sessions}:
            _remove(connection, session)
    for rank, planned in enumerate(programme.sessions):
        columns = {"version": version, "rank": rank, **_session_columns(planned)}
        known = before.by_slug.get(planned.slug)
        if known is None:
            connection.execute(
                insert(tables.Session).values(conference_id=conference_id, **columns)
            )
            continue
        _refuse_too_small(known, planned.capacity)
        connection.execute(
            update(tables.Session).where(tables.Session.id == known.id).values(**columns)
        )


def _remove(connection: Connection, session: Session) -> None:
    scanned = connection.execute(
        select(tables.Scan.id).where(tables.Scan.session_id == session.id).limit(1)
    ).first()
    if session.taken or session.waiting or scanned:
        raise SessionInUse(title=session.title)
    connection.execute(delete(tables.Session).where(tables.Session.id == session.id))


def _refuse_too_small(session: Session, capacity: int | None) -> None:
    if capacity is None and (session.taken or session.waiting):
        raise SessionInUse(title=session.title)
    if capacity is not None and capacity < session.taken:
        raise CapacityBelowTaken(title=session.title, taken=session.taken, capacity=capacity)


def _choosable(conference: Conference) -> list[int]:
    return [session.id for session in conference.sessions if session.capacity is not None]


def _conference_columns(programme: Programme) -> dict[str, Any]:
    return {
        "slug": programme.slug,
        "title": programme.title,
        "organiser": programme.organiser,
        "contact_email": programme.contact_email,
        "language": programme.language,
        "timezone": programme.timezone,
        "date": programme.date,
        "venue": programme.venue,
        "address": programme.address,
        "city": programme.city,
        "description": programme.description,
        "starts_at": programme.starts_at,
        "ends_at": programme.ends_at,
        "opens_at": programme.opens_at,
        "closes_at": programme.closes_at,
        "workshop_presence": programme.workshop_presence,
    }


def _session_columns(session: PlannedSession) -> dict[str, Any]:
    return {
        "slug": session.slug,
        "kind": session.kind,
        "title": session.title,
        "room": session.room,
        "description": session.description,
        "speakers": [{"name": s.name, "title": s.title} for s in session.speakers],
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "capacity": session.capacity,
    }
