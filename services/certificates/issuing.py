"""Issuing: reserve the row, make the file, then row, event and job in one transaction.

Killed anywhere, it is simply done again: the row keeps its code and link, the document is the same,
and what a newer attendance has overtaken, or an erasure, steps back without a trace.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from services.certificates import records
from services.certificates.codes import new_code
from services.certificates.links import new_link_key
from services.certificates.printing import Printed
from services.certificates.records import Record, certificate_id, issued_event_id, lock_registration
from services.certificates.resources import Resources
from services.certificates.signatures import fingerprint
from services.certificates.tables import Certificate, Document, ErasedRegistration
from shared.database import upsert
from shared.events import Event
from shared.events.certificates import CertificateIssued
from shared.events.registration import AttendanceCertified
from shared.service import Job

log = structlog.get_logger()


@dataclass(frozen=True)
class Reservation:
    """The row to issue; or why there is nothing to do, and what of it must go."""

    record: Record
    refused: str | None = None


def issue(event: Event[AttendanceCertified], job: Job, resources: Resources) -> None:
    """One certificate for one version of a person's attendance, however often it is asked for."""
    with resources.database.begin(durable=False) as connection:
        reservation = reserve(connection, event)
    if reservation.refused:
        _step_back(resources, reservation.record, reservation.refused)
        return
    if reservation.record.sha256 is None or job.forced:
        make_document(reservation.record, job, resources)


def reserve(connection: Connection, event: Event[AttendanceCertified]) -> Reservation:
    """The row of this attendance, with its code and link, made if it is not there yet."""
    attended = event.data
    rows = lock_registration(connection, attended.registration_id)
    known = [row for row in rows if row.attendance_version == attended.attendance_version]
    record = known[-1] if known else _new_row(event)
    if _is_erased(connection, attended.registration_id):
        return Reservation(record, "the person has been erased")
    if record.sha256 is None and _overtaken(record, rows):
        return Reservation(record, "a newer attendance is known")
    if not known:
        connection.execute(insert(Certificate), records.columns(record))
    return Reservation(record)


def make_document(record: Record, job: Job, resources: Resources) -> None:
    """Print, store, and make it known. The job is done in the same transaction."""
    printed = resources.documents.print(record)
    key = record.storage_key(printed.sha256)
    resources.storage.put(key, printed.pdf)
    with resources.database.begin() as connection:
        refused = publish(connection, resources, record, printed)
        job.complete(connection)
    if refused:
        _step_back(resources, record, refused)


def publish(
    connection: Connection, resources: Resources, record: Record, printed: Printed
) -> str | None:
    """Row, superseding and event; or why this certificate may not be issued any more."""
    rows = lock_registration(connection, record.registration_id)
    current = next((row for row in rows if row.id == record.id), None)
    if current is None or current.erased_at or _is_erased(connection, record.registration_id):
        return "the person has been erased"
    if current.sha256 is None and _overtaken(record, rows):
        connection.execute(delete(Certificate).where(Certificate.id == record.id))
        return "a newer attendance is known"
    if printed.signer is not None:
        resources.signers.remember(connection, printed.signer)
    _record_file(connection, record, printed)
    if current.sha256 is None:
        supersedes = _supersede(connection, rows, record)
        _tell(connection, resources, record, supersedes)
    return None


def _record_file(connection: Connection, record: Record, printed: Printed) -> None:
    connection.execute(
        upsert(connection, Document)
        .values(
            sha256=printed.sha256,
            certificate_id=record.id,
            storage_key=record.storage_key(printed.sha256),
            template=printed.template,
            path=printed.path,
            signed_by=fingerprint(printed.signer) if printed.signer else None,
            stored_at=datetime.now(UTC),
        )
        .on_conflict_do_nothing()
    )
    connection.execute(_SET_FILE, {"wanted": record.id, "sha256": printed.sha256})


def _supersede(connection: Connection, rows: list[Record], record: Record) -> str | None:
    """Mark what this certificate replaces; returns the code of the last one it does."""
    replaced = [row for row in rows if row.id != record.id and row.sha256 and not row.superseded_by]
    for row in replaced:
        connection.execute(
            update(Certificate).where(Certificate.id == row.id).values(superseded_by=record.id)
        )
    return replaced[-1].code if replaced else None


def _tell(
    connection: Connection, resources: Resources, record: Record, supersedes: str | None
) -> None:
    attended = record.attended
    resources.log.append(
        connection,
        CertificateIssued(
            registration_id=record.registration_id,
            code=record.code,
            attendance_version=record.attendance_version,
            person=attended.person,
            conference=attended.conference,
            minutes=record.minutes,
            issued_at=record.issued_at,
            download_url=resources.links.download(record),
            verify_url=resources.links.verify(record.code),
            supersedes=supersedes,
        ),
        subject=record.registration_id,
        id=issued_event_id(record.id),
    )


def _step_back(resources: Resources, record: Record, reason: str) -> None:
    """Leave no file behind: a try that was killed may have stored one."""
    resources.storage.forget(record.storage_prefix)
    log.info("not issued", registration=record.registration_id, reason=reason)


def _overtaken(record: Record, rows: list[Record]) -> bool:
    return any(row.attendance_version > record.attendance_version for row in rows)


def _is_erased(connection: Connection, registration_id: str) -> bool:
    return connection.execute(_ERASED, {"wanted": registration_id}).first() is not None


def _new_row(event: Event[AttendanceCertified]) -> Record:
    attended = event.data
    return Record(
        id=certificate_id(attended.registration_id, attended.attendance_version, 1),
        registration_id=attended.registration_id,
        attendance_version=attended.attendance_version,
        edition=1,
        job_key=str(event.id),
        code=new_code(),
        link_key=new_link_key(),
        conference=attended.conference.slug,
        holder=f"{attended.person.first_name} {attended.person.last_name}",
        minutes=attended.minutes,
        attendance=attended.model_dump(mode="json"),
        issued_at=event.time,
        sha256=None,
        revoked_at=None,
        revoked_reason=None,
        superseded_by=None,
        erased_at=None,
    )


_ERASED = select(ErasedRegistration.registration_id).where(
    ErasedRegistration.registration_id == bindparam("wanted")
)
_SET_FILE = (
    update(Certificate)
    .where(Certificate.id == bindparam("wanted"))
    .values(sha256=bindparam("sha256"))
)
