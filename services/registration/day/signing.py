"""Evidence of presence that people signed for, as whoever keeps sheets tells it."""

from typing import Any

from sqlalchemy import Connection, select, update

from services.registration.base.refusals import NotFound
from services.registration.day.certifying import correct
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import Evidence
from services.registration.day.tables import SignedPresence
from services.registration.desk import Desk
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference_by_id
from services.registration.seats.records import Record, read_record
from shared.base.database import upsert
from shared.events.registration import AttendanceRecorded, AttendanceWithdrawn
from shared.events.sheets import AttendanceSigned


def take_evidence(desk: Desk, connection: Connection, said: AttendanceSigned) -> None:
    """It counts from now on, unless the sheet has said something newer; of a person who is gone, or
    a session that is, nothing is kept. After the close the certificate follows."""
    try:
        record = read_record(connection, said.registration_id, lock=True)
    except NotFound:
        return
    conference = load_conference_by_id(connection, record.conference_id)
    if record.erased_at is not None or conference.slug != said.conference:
        return
    before = read_evidence(connection, conference, [record.id])[record.id]
    if not _write(connection, conference, record, said):
        return
    after = read_evidence(connection, conference, [record.id])[record.id]
    if after.signed != before.signed:
        correct(desk, connection, conference, record, before)
        _announce(desk, connection, conference, record, said, before, after)


def _write(
    connection: Connection, conference: Conference, record: Record, said: AttendanceSigned
) -> bool:
    """Whether it was news."""
    newest = select(SignedPresence.entry).where(
        SignedPresence.registration_id == record.id, SignedPresence.sheet == said.sheet
    )
    if any(entry >= said.entry for entry in connection.execute(newest).scalars()):
        return False
    proves_nothing: dict[str, Any] = {"starts_at": None, "ends_at": None, "entry": said.entry}
    connection.execute(
        update(SignedPresence)
        .where(SignedPresence.registration_id == record.id, SignedPresence.sheet == said.sheet)
        .values(proves_nothing)
    )
    times = {} if said.withdrawn else {"starts_at": said.starts_at, "ends_at": said.ends_at}
    values = {**proves_nothing, **times, "signed_at": said.signed_at}
    values["written"] = said.source == "organiser"
    sessions = [conference.by_slug[slug].id for slug in said.sessions if slug in conference.by_slug]
    for session_id in sessions:
        connection.execute(
            upsert(connection, SignedPresence)
            .values(registration_id=record.id, session_id=session_id, sheet=said.sheet, **values)
            .on_conflict_do_update(
                index_elements=[
                    SignedPresence.registration_id,
                    SignedPresence.session_id,
                    SignedPresence.sheet,
                ],
                set_=values,
            )
        )
    return True


def _announce(
    desk: Desk,
    connection: Connection,
    conference: Conference,
    record: Record,
    said: AttendanceSigned,
    before: Evidence,
    after: Evidence,
) -> None:
    """For whoever writes to those who were present, or late, and knows nothing of sheets."""
    facts = {
        "registration_id": record.id,
        "conference": conference.slug,
        "came_at": after.came_at,
    }
    for session in conference.sessions:
        told: AttendanceWithdrawn | AttendanceRecorded
        if session.id in after.signed and session.slug in said.sessions and not said.withdrawn:
            at: dict[str, Any] = {"direction": "in", "at": said.starts_at, "source": "hand"}
            told = AttendanceRecorded(**facts, session=session.slug, **at)
        elif session.id in before.signed and session.id not in after.signed:
            told = AttendanceWithdrawn(**facts, session=session.slug)
        else:
            continue
        desk.log.append(connection, told, subject=record.id)
