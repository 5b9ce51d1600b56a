"""Asking for the badge of a document that was made before badges of this kind were."""

from typing import ClassVar

from services.certificates.base import badges, records
from services.certificates.base.records import Record
from services.certificates.resources import Resources
from shared.base.clock import now
from shared.base.database import Database
from shared.base.transactions import retried
from shared.bus.inbox import schedule
from shared.events import Event, Payload
from shared.process.service import Job


class BadgeAsked(Payload):
    """A holder wants the badge of a document that was made before badges were kept."""

    type: ClassVar[str] = "certificate.badge-asked"
    certificate_id: str


@retried
def ask(database: Database, record: Record) -> None:
    """Have it made; once, however often it is asked for."""
    asked = BadgeAsked(certificate_id=record.id)
    with database.begin() as connection:
        key = f"open-badge:{record.sha256}"
        schedule(connection, asked, key=key, at=now(), subject=record.registration_id)


def make(event: Event[BadgeAsked], job: Job, resources: Resources) -> None:
    """Nothing of one that has stopped counting: its badge would say that it does."""
    with resources.database.read() as connection:
        asked = records.by_id(connection, event.data.certificate_id)
    badge = resources.badges.of(asked) if asked is not None and asked.state == "valid" else None
    with resources.database.begin() as connection:
        if asked is not None and badge is not None:
            rows = records.lock_registration(connection, asked.registration_id)
            if any(row.id == asked.id and row.state == "valid" for row in rows):
                badges.keep(connection, asked.sha256, badge)
        job.complete(connection)
