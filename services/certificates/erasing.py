"""Erasing a person: their files and their rows; the bus sees to what its log and inbox say.

The files go first and the transaction that says so after them: killed in between, it is done again.
What stays is the code and that it once existed, so that an old printout is not called a forgery;
and a certificat de réalisation that funders may still ask for, until they may not.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

import structlog
from sqlalchemy import Connection, delete, select, update

from services.certificates.badges import statuses
from services.certificates.base.records import Record, by_id, lock_registration
from services.certificates.base.tables import (
    Certificate,
    Document,
    ErasedRegistration,
    Publication,
    PublishedTemplate,
    RealisationVersion,
    TemplateDraft,
)
from services.certificates.holding.forgetting import (
    forget_employers,
    forget_holder,
    forget_organiser,
)
from services.certificates.issuing import certifying, speakers
from services.certificates.realisation import evidence
from services.certificates.realisation.evidence import EvidenceEnds
from services.certificates.resources import Resources
from shared.base.clock import now
from shared.base.database import forget_overwritten, upsert
from shared.bus.inbox import JobRow
from shared.bus.redaction import redact_named
from shared.events import Event
from shared.events.registration import (
    AttendanceCertified,
    AttendeeErased,
    SpeakerCertified,
    SpeakerErased,
)
from shared.process.service import Job

GONE = "—"

log = structlog.get_logger()


def erase(
    event: Event[AttendeeErased] | Event[SpeakerErased], job: Job, resources: Resources
) -> None:
    """Nothing of the person is left here, and nothing that comes late brings them back."""
    said = event.data
    registration_id = said.registration_id if isinstance(said, AttendeeErased) else said.speaker_id
    with resources.database.begin() as connection:
        connection.execute(
            upsert(connection, ErasedRegistration)
            .values(registration_id=registration_id, erased_at=event.data.erased_at)
            .on_conflict_do_nothing()
        )
        rows = lock_registration(connection, registration_id)
        forget_holder(connection, registration_id, rows)
        for row in rows:
            if evidence.must_stay(connection, row):
                evidence.keep_alone(connection, row)
                continue
            resources.storage.forget(row.storage_prefix)
            _redact_certificate(connection, row.id, said.erased_at)
            connection.execute(
                update(TemplateDraft)
                .where(TemplateDraft.conference == row.conference)
                .values(preview=None, picture=None)
            )
        for record in _never_issued(connection, registration_id, resources):
            resources.storage.forget(record.storage_prefix)
        statuses.end(connection, [row.id for row in rows])
        for conference in {row.conference for row in rows}:
            forget_employers(connection, conference)
        speakers.forget(connection, registration_id)
        job.complete(connection)
    log.info("erased", registration=registration_id, certificates=len(rows))


def end_evidence(event: Event[EvidenceEnds], job: Job, resources: Resources) -> None:
    """What was kept of somebody for funders goes too, unless they may ask for longer now."""
    with resources.database.begin() as connection:
        found = by_id(connection, event.data.certificate_id)
        rows = lock_registration(connection, found.registration_id) if found else []
        for row in rows:
            if row.id != event.data.certificate_id or row.erased_at is not None:
                continue
            if evidence.must_stay(connection, row):
                evidence.look_again(connection, row)
                continue
            resources.storage.forget(row.storage_prefix)
            _redact_certificate(connection, row.id, now())
            forget_overwritten(connection)
        job.complete(connection)


def erase_organiser(connection: Connection, is_them: Callable[[str], bool]) -> None:
    """That a design was published or saved stays, by whom does not."""
    for column in (
        PublishedTemplate.published_by,
        Publication.asked_by,
        RealisationVersion.saved_by,
        TemplateDraft.saved_by,
    ):
        for name in connection.execute(select(column).distinct()).scalars().all():
            if is_them(name):
                connection.execute(
                    update(column.class_).where(column == name).values({column.key: GONE})
                )
    forget_organiser(connection, is_them)
    redact_named(connection, is_them)
    forget_overwritten(connection)


def _never_issued(
    connection: Connection, registration_id: str, resources: Resources
) -> Iterator[Record]:
    """What the inbox still has of them: a try that was killed may have left a file without a row,
    under a name that follows from what is no personal data."""
    rows = connection.execute(
        select(JobRow.type, JobRow.envelope).where(
            JobRow.subject == registration_id,
            JobRow.type.in_((AttendanceCertified.type, SpeakerCertified.type)),
            JobRow.state != "done",
        )
    ).all()
    for kind, envelope in rows:
        if kind == SpeakerCertified.type:
            given = Event[SpeakerCertified].model_validate_json(envelope)
            yield from certifying.of_speaker(given, resources.mint)
        else:
            event = Event[AttendanceCertified].model_validate_json(envelope)
            yield from certifying.of_attendance(event, resources.mint, workshops=True)


def _redact_certificate(connection: Connection, identity: str, at: datetime) -> None:
    connection.execute(delete(Document).where(Document.certificate_id == identity))
    connection.execute(
        update(Certificate)
        .where(Certificate.id == identity)
        .values(
            holder="",
            sought="",
            address="",
            minutes=0,
            attendance={},
            link_key="",
            sha256=None,
            revoked_reason=None,
            erased_at=at,
        )
    )
