"""A programme as rows: written once, then brought up to date in place, under the day's lock."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from services.registration.base import tables
from services.registration.base.refusals import CapacityBelowTaken, SessionInUse
from services.registration.day.tables import SignedPresence, WrittenPresence
from services.registration.history.acts import Actor, note
from services.registration.programme.document import PlannedSession, Programme
from services.registration.programme.facts import UNLIMITED, Conference, Session
from services.registration.seats.tables import Standby

SEAT_WITHDRAWN = "seat.withdrawn"  # a person's seat went with its session


def create_rows(connection: Connection, programme: Programme) -> int:
    """The new conference's id. It is a draft until it is published."""
    conference_id: int = connection.execute(
        insert(tables.Conference)
        .values(stage="draft", **_conference_columns(programme))
        .returning(tables.Conference.id)
    ).scalar_one()
    for rank, session in enumerate(programme.sessions):
        connection.execute(
            insert(tables.Session).values(
                conference_id=conference_id, version=1, rank=rank, **_session_columns(session)
            )
        )
    return conference_id


def update_rows(
    connection: Connection, before: Conference, programme: Programme, actor: Actor, *, tell: bool
) -> None:
    """Bring the day to this programme, as its next version. A session that people chose is taken
    out only when they are told: nobody loses a seat in silence.

    Raises CapacityBelowTaken, SessionInUse.
    """
    version = before.version + 1
    connection.execute(
        update(tables.Conference)
        .where(tables.Conference.id == before.id)
        .values(
            version=version,
            moved_from=_moved_from(before, programme),
            **_conference_columns(programme),
        )
    )
    if (programme.retention_months, programme.date) != (before.retention_months, before.date):
        connection.execute(
            update(tables.Conference)
            .where(tables.Conference.id == before.id)
            .values(retention_told_at=None)  # what organisers were told no longer holds
        )
    for session in before.sessions:
        if session.slug not in {planned.slug for planned in programme.sessions}:
            if (session.taken or session.waiting) and not tell:
                raise SessionInUse(title=session.title)
            _remove(connection, before, session, actor)
    for rank, planned in enumerate(programme.sessions):
        columns = {"version": version, "rank": rank, **_session_columns(planned)}
        known = before.by_slug.get(planned.slug)
        if known is None:
            connection.execute(insert(tables.Session).values(conference_id=before.id, **columns))
            continue
        if known.is_chosen and not planned.is_chosen and (known.taken or known.waiting):
            raise SessionInUse(title=known.title)
        columns |= capacity_columns(known, planned.capacity) if planned.is_chosen else {}
        connection.execute(
            update(tables.Session).where(tables.Session.id == known.id).values(**columns)
        )


def _moved_from(before: Conference, programme: Programme) -> datetime | None:
    """When a day that was public was first to begin, unless it is on that date now."""
    if before.stage == "draft":
        return None
    first = before.moved_from or before.starts_at
    return first if first.astimezone(before.zone).date() != programme.date else None


def capacity_columns(session: Session, capacity: int | None) -> dict[str, Any]:
    """What a chosen session's row holds for this limit. Raises CapacityBelowTaken.

    Seats given beyond the limit stay beyond it, as far as the new one does not take them in.
    """
    if capacity is None:
        return {"capacity": UNLIMITED, "unlimited": True, "beyond": 0}
    over = min(session.beyond, max(0, session.taken - (session.capacity or 0)))
    if capacity < session.taken - over:
        raise CapacityBelowTaken(title=session.title, taken=session.taken - over, capacity=capacity)
    beyond = max(0, session.taken - capacity)
    return {"capacity": capacity + beyond, "unlimited": False, "beyond": beyond}


def _remove(connection: Connection, day: Conference, session: Session, actor: Actor) -> None:
    """Its seats go with it, and each is written down: people are told by the notice. Where somebody
    has been present the session stays: it has taken place."""
    for table in (tables.Scan, WrittenPresence, SignedPresence):
        present = select(table.registration_id).where(table.session_id == session.id).limit(1)
        if connection.execute(present).first():
            raise SessionInUse(title=session.title)
    connection.execute(delete(Standby).where(Standby.session_id == session.id))
    gone = delete(tables.Seat).where(tables.Seat.session_id == session.id)
    for registration_id in connection.execute(
        gone.returning(tables.Seat.registration_id)
    ).scalars():
        note(
            connection,
            actor,
            SEAT_WITHDRAWN,
            conference_id=day.id,
            registration_id=registration_id,
            before={"session": session.slug, "title": session.title},
        )
    connection.execute(delete(tables.Session).where(tables.Session.id == session.id))


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
        "presence_evidence": programme.presence_evidence,
        "closes_before": programme.closes_before,
        "confirm_within": programme.confirm_within,
        "free_after": programme.free_after,
        "least_minutes": programme.least_minutes,
        "least_share": programme.least_share,
        "counted": list(programme.counted),
        "retention_months": programme.retention_months,
        "data_contact": programme.data_contact,
        "data_note": programme.data_note,
        "access": programme.access,
        "colour": programme.colour,
        "image": programme.image,
        "logo": programme.logo,
    }


def _session_columns(session: PlannedSession) -> dict[str, Any]:
    return {
        "slug": session.slug,
        "kind": session.kind,
        "title": session.title,
        "room": session.room,
        "description": session.description,
        "speakers": [asdict(speaker) for speaker in session.speakers],
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "venue": session.venue,
        "address": session.address,
        "required": session.required,
        "unlimited": session.is_unlimited,
        "capacity": UNLIMITED if session.is_unlimited else session.capacity,
    }
