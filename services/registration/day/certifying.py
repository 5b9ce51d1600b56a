"""What a person attended, certified once the day is closed, and again when it is corrected."""

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid5

from sqlalchemy import Connection, bindparam, select, update

from services.registration.base import tables
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import (
    Attended,
    Evidence,
    attended_sessions,
    certifiable,
    total_minutes,
)
from services.registration.desk import Desk
from services.registration.programme.facts import Conference
from services.registration.programme.telling import conference_of
from services.registration.seats.places import person_of
from services.registration.seats.records import Record
from shared.events.registration import AttendanceCertified, AttendedSession

_CERTIFICATIONS = UUID("0192f4c4-3d2b-7c1e-9a3e-6d0c3f1a7b52")

_SESSION_PRESENT = (
    update(tables.Session)
    .where(tables.Session.id == bindparam("door"))
    .values(present=tables.Session.present + bindparam("more"))
)
_DAY_PRESENT = (
    update(tables.Conference)
    .where(tables.Conference.id == bindparam("door"))
    .values(present=tables.Conference.present + bindparam("more"))
)
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
            manage_url=desk.links.emailed_url(record.id, record.link_generation),
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


def certify_again(
    desk: Desk, connection: Connection, conference: Conference, record: Record
) -> None:
    """What the person attended is the same, and who they are was corrected."""
    evidence = read_evidence(connection, conference, [record.id])[record.id]
    if attended := certifiable(conference, attended_sessions(conference, evidence)):
        certify(desk, connection, conference, record, attended)


def correct(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    record: Record,
    before: Evidence,
) -> None:
    """After the evidence about a person has changed: count them where they are now, and once the
    day is closed, let the certificate follow. Under the registration's lock."""
    after = read_evidence(connection, conference, [record.id])[record.id]
    _count_inside(connection, conference, before, after)
    if record.erased_at is not None or not _is_closed(connection, conference):
        return
    was = certifiable(conference, attended_sessions(conference, before))
    now_is = certifiable(conference, attended_sessions(conference, after))
    if not record.attendance_version:
        news = bool(now_is)
    else:  # when nothing is left of what was certified, that is said too
        news = as_certified(now_is) != as_certified(was)
    if news:
        certify(desk, connection, conference, record, now_is)


def _is_closed(connection: Connection, conference: Conference) -> bool:
    """Asked under the registration's lock: the day may have been closed since it was read."""
    closed_at = select(tables.Conference.closed_at).where(tables.Conference.id == conference.id)
    return connection.execute(closed_at).scalar() is not None


def _count_inside(
    connection: Connection, conference: Conference, before: Evidence, after: Evidence
) -> None:
    if more := after.is_inside - before.is_inside:
        connection.execute(_DAY_PRESENT, {"door": conference.id, "more": more})
    for session in conference.sessions:
        if more := after.is_in(session.id) - before.is_in(session.id):
            connection.execute(_SESSION_PRESENT, {"door": session.id, "more": more})
