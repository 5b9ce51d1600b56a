"""Issuing: make the files, then rows, event and job in one transaction.

Killed anywhere, it is simply done again: codes and links follow from what is certified, the
documents are the same, and what a newer attendance has overtaken, or an erasure, steps back
without a trace.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from services.certificates import records, telling
from services.certificates.printing import Printed
from services.certificates.records import Record, lock_registration
from services.certificates.resources import Resources
from services.certificates.signatures import fingerprint
from services.certificates.tables import Certificate, Document, ErasedRegistration
from shared.database import INSERTS
from shared.service import Job

log = structlog.get_logger()

Print = tuple[Record, Printed]


def issue(wanted: Sequence[Record], job: Job, resources: Resources) -> None:
    """The certificates of one version of one person's attendance, however often they are asked
    for."""
    registration_id = wanted[0].registration_id
    with resources.database.read() as connection:
        rows = records.of_registration(connection, registration_id)
        erased = _is_erased(connection, registration_id)
    known = {row.id: row for row in rows}
    current = [known.get(record.id, record) for record in wanted]
    if erased or _overtaken(current, rows):
        _step_back(resources, current, "erased, or overtaken by a newer attendance")
        return
    missing = current if job.forced else [record for record in current if record.sha256 is None]
    if missing:
        make_documents(missing, job, resources)


def make_documents(wanted: Sequence[Record], job: Job, resources: Resources) -> None:
    """Print, store, and make them known. The job is done in the same transaction."""
    prints = [(record, resources.documents.print(record)) for record in wanted]
    for record, printed in prints:
        resources.storage.put(record.storage_key(printed.sha256), printed.pdf)
    with resources.database.begin() as connection:
        refused = publish(connection, resources, prints)
        job.complete(connection)
    if refused:
        _step_back(resources, wanted, refused)


def publish(connection: Connection, resources: Resources, prints: Sequence[Print]) -> str | None:
    """Rows, superseding and event; or why these certificates may not be issued any more."""
    wanted = [record for record, _ in prints]
    rows = lock_registration(connection, wanted[0].registration_id)
    if _is_erased(connection, wanted[0].registration_id):
        return "the person has been erased"
    known = {row.id: row for row in rows}
    current = [known.get(record.id, record) for record in wanted]
    if _overtaken(current, rows):
        connection.execute(
            delete(Certificate).where(
                Certificate.id.in_([record.id for record in wanted]), Certificate.sha256.is_(None)
            )
        )
        return "a newer attendance is known"
    for record, printed in prints:
        if printed.signer is not None:
            resources.signers.remember(connection, printed.signer)
        _record_file(connection, record, printed, is_new=record.id not in known)
    if fresh := [record for record in current if record.sha256 is None]:
        replaced = _supersede(connection, rows, fresh)
        telling.issued(connection, resources, fresh, replaced)
    return None


def _record_file(connection: Connection, record: Record, printed: Printed, *, is_new: bool) -> None:
    if is_new:
        connection.execute(_ADD, {**records.columns(record), "sha256": printed.sha256})
    else:
        connection.execute(_SET_FILE, {"wanted": record.id, "sha256": printed.sha256})
    connection.execute(
        _ADD_FILE[connection.dialect.name],
        {
            "sha256": printed.sha256,
            "certificate_id": record.id,
            "storage_key": record.storage_key(printed.sha256),
            "template": printed.template,
            "path": printed.path,
            "signed_by": fingerprint(printed.signer) if printed.signer else None,
            "stored_at": datetime.now(UTC),
        },
    )


def _supersede(
    connection: Connection, rows: Sequence[Record], fresh: Sequence[Record]
) -> list[Record]:
    """Mark what these certificates replace, and return it: earlier ones about the same, and what
    an earlier version of the attendance had and this one has not."""
    new, newest = {record.id for record in fresh}, fresh[0]
    replaced = []
    for row in rows:
        if row.id in new or row.sha256 is None or row.superseded_by:
            continue
        successor = next((each for each in fresh if each.is_about_the_same(row)), None)
        if successor is None and row.attendance_version < newest.attendance_version:
            successor = newest
        if successor is not None:
            connection.execute(
                update(Certificate)
                .where(Certificate.id == row.id)
                .values(superseded_by=successor.id)
            )
            replaced.append(row)
    return replaced


def _step_back(resources: Resources, wanted: Sequence[Record], reason: str) -> None:
    """Leave no file behind: a try that was killed may have stored one."""
    for record in wanted:
        resources.storage.forget(record.storage_prefix)
    log.info("not issued", registration=wanted[0].registration_id, reason=reason)


def _overtaken(current: Sequence[Record], rows: Sequence[Record]) -> bool:
    """What is issued already may be made again, whatever came after it."""
    version = current[0].attendance_version
    return any(record.sha256 is None for record in current) and any(
        row.attendance_version > version for row in rows
    )


def _is_erased(connection: Connection, registration_id: str) -> bool:
    return connection.execute(_ERASED, {"wanted": registration_id}).first() is not None


_ERASED = select(ErasedRegistration.registration_id).where(
    ErasedRegistration.registration_id == bindparam("wanted")
)
_ADD = insert(Certificate)
_ADD_FILE = {name: insert(Document).on_conflict_do_nothing() for name, insert in INSERTS.items()}
_SET_FILE = (
    update(Certificate)
    .where(Certificate.id == bindparam("wanted"))
    .values(sha256=bindparam("sha256"))
)
