"""What a person attended, certified once the day is closed, and again when it is corrected."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid5

from sqlalchemy import Connection, bindparam, select, update

from services.registration.base import tables
from services.registration.day.presence import Attended, Scan, attended_sessions, total_minutes
from services.registration.desk import Desk
from services.registration.programme.facts import Conference
from services.registration.programme.telling import conference_of
from services.registration.seats.places import person_of
from services.registration.seats.records import Record
from shared.events.registration import AttendanceCertified, AttendedSession

_CERTIFICATIONS = UUID("0192f4c4-3d2b-7c1e-9a3e-6d0c3f1a7b52")

_SET_VERSION = (
    update(tables.Registration)
    .where(tables.Registration.id == bindparam("registration_id"))
    .values(attendance_version=bindparam("new_attendance_version"))
)


def certify(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    record: Record,
    attended: Sequence[Attended],
) -> None:
    """Say what the person attended, as the next version of it, under the registration's lock.

    The event's identity follows from the version: saying it twice is impossible.
    """
    version = record.attendance_version + 1
    connection.execute(
        _SET_VERSION, {"registration_id": record.id, "new_attendance_version": version}
    )
    desk.log.append(
        connection,
        AttendanceCertified(
            registration_id=record.id,
            attendance_version=version,
            person=person_of(record),
            conference=conference_of(conference, desk.links),
            sessions=as_certified(attended),
            minutes=total_minutes(attended),
            manage_url=desk.links.manage_url(record.id, record.link_generation),
        ),
        subject=record.id,
        id=uuid5(_CERTIFICATIONS, f"{record.id}/{version}"),
    )


def as_certified(attended: Iterable[Attended]) -> tuple[AttendedSession, ...]:
    """What was attended, or given, as a certificate says it."""
    return tuple(
        AttendedSession(
            session=each.session.slug,
            title=each.session.title,
            kind=each.session.kind,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            minutes=each.minutes,
        )
        for each in attended
    )


def read_attended(
    connection: Connection, conference: Conference, registration_ids: Sequence[str]
) -> dict[str, tuple[Attended, ...]]:
    """What each of these people attended, by registration."""
    scans: dict[str, list[Scan]] = defaultdict(list)
    for row in connection.execute(
        select(
            tables.Scan.registration_id,
            tables.Scan.session_id,
            tables.Scan.direction,
            tables.Scan.at,
        ).where(tables.Scan.registration_id.in_(registration_ids))
    ):
        scans[row.registration_id].append(Scan(row.session_id, row.direction, row.at))
    held: dict[str, set[int]] = defaultdict(set)
    for seat in connection.execute(
        select(tables.Seat.registration_id, tables.Seat.session_id).where(
            tables.Seat.registration_id.in_(registration_ids), tables.Seat.state == "held"
        )
    ):
        held[seat.registration_id].add(seat.session_id)
    return {
        registration_id: attended_sessions(
            conference, scans[registration_id], held[registration_id]
        )
        for registration_id in registration_ids
    }
