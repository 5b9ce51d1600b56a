"""Erasing a person: their files, their rows, and what the log and the inbox say of them.

The files go first and the transaction that says so after them: killed in between, it is done again.
What stays is the code and that it once existed, so that an old printout is not called a forgery.
"""

import json
from collections.abc import Iterator
from typing import Any

import structlog
from sqlalchemy import Connection, delete, select, update

from services.certificates.base.records import Record, lock_registration
from services.certificates.base.tables import Certificate, Document, ErasedRegistration
from services.certificates.issuing import certifying
from services.certificates.resources import Resources
from shared.base.database import upsert
from shared.bus import eventlog
from shared.bus.inbox import JobRow
from shared.events import Event
from shared.events.registration import AttendanceCertified, AttendeeErased
from shared.process.service import Job

NOBODY = {"first_name": "", "last_name": "", "email": "", "organisation": None}

log = structlog.get_logger()


def erase(event: Event[AttendeeErased], job: Job, resources: Resources) -> None:
    """Nothing of the person is left here, and nothing that comes late brings them back."""
    registration_id = event.data.registration_id
    with resources.database.begin() as connection:
        connection.execute(
            upsert(connection, ErasedRegistration)
            .values(registration_id=registration_id, erased_at=event.data.erased_at)
            .on_conflict_do_nothing()
        )
        rows = lock_registration(connection, registration_id)
        for row in rows:
            resources.storage.forget(row.storage_prefix)
            _redact_certificate(connection, row.id, event)
        for record in _never_issued(connection, registration_id, resources):
            resources.storage.forget(record.storage_prefix)
        eventlog.redact(connection, registration_id, redacted)
        _redact_inbox(connection, registration_id)
        job.complete(connection)
    log.info("erased", registration=registration_id, certificates=len(rows))


def _never_issued(
    connection: Connection, registration_id: str, resources: Resources
) -> Iterator[Record]:
    """What the inbox still has of them: a try that was killed may have left a file without a
    row."""
    envelopes = connection.execute(
        select(JobRow.envelope).where(
            JobRow.subject == registration_id,
            JobRow.type == AttendanceCertified.type,
            JobRow.state != "done",
        )
    ).scalars()
    for envelope in envelopes:
        event = Event[AttendanceCertified].model_validate_json(envelope)
        yield from certifying.of_attendance(event, resources.mint, workshops=True)


def redacted(envelope: str) -> str:
    """The same event without the person: a consumer that reads it again still understands it."""
    event: dict[str, Any] = json.loads(envelope)
    data = event["data"]
    if "person" in data:
        data["person"] = {**data["person"], **NOBODY}
    for link in ("download_url", "manage_url", "page_url"):
        if link in data:
            data[link] = ""
    return json.dumps(event, ensure_ascii=False)


def _redact_certificate(
    connection: Connection, identity: str, event: Event[AttendeeErased]
) -> None:
    connection.execute(delete(Document).where(Document.certificate_id == identity))
    connection.execute(
        update(Certificate)
        .where(Certificate.id == identity)
        .values(
            holder="",
            minutes=0,
            attendance={},
            link_key="",
            sha256=None,
            revoked_reason=None,
            erased_at=event.data.erased_at,
        )
    )


def _redact_inbox(connection: Connection, registration_id: str) -> None:
    """Jobs of the person that are done or given up keep their envelope, so it is rewritten too."""
    rows = connection.execute(
        select(JobRow.id, JobRow.envelope).where(JobRow.subject == registration_id)
    ).all()
    for row in rows:
        connection.execute(
            update(JobRow)
            .where(JobRow.id == row.id)
            .values(envelope=redacted(row.envelope), error=None)
        )
