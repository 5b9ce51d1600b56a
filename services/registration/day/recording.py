"""A scan, written down and told of."""

from sqlalchemy import Connection

from services.registration.base import tables
from services.registration.day.certifying import correct
from services.registration.day.presence import Evidence, Scan, first_seen
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.programme.facts import Conference
from services.registration.seats.records import Record
from shared.base.clock import now
from shared.base.database import upsert
from shared.events.registration import AttendanceRecorded


def record_scan(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    record: Record,
    scan: Scan,
    before: Evidence,
    actor: Actor,
    news: bool = True,
) -> None:
    """Write it down, under the registration's lock, and announce it when it is `news`. Again is
    harmless."""
    if scan not in before.scans:
        _store(connection, record.id, scan, actor)
        correct(desk, connection, conference, record, before)
    if news:
        session = conference.by_id.get(scan.session_id or 0)
        told = AttendanceRecorded(
            registration_id=record.id,
            conference=conference.slug,
            session=session.slug if session else None,
            direction=scan.direction,
            at=scan.at,
            came_at=first_seen(before, scan),
        )
        desk.log.append(connection, told, subject=record.id)


def _store(connection: Connection, registration_id: str, scan: Scan, actor: Actor) -> None:
    connection.execute(
        upsert(connection, tables.Scan).on_conflict_do_nothing(),
        {
            "registration_id": registration_id,
            "session_id": scan.session_id,
            "direction": scan.direction,
            "at": scan.at,
            "recorded_at": now(),
            "actor_kind": actor.kind,
            "actor_name": actor.name,
        },
    )
