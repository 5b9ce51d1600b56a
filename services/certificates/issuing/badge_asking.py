"""Asking for the badge of a document that was made before badges were kept with them."""

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
        key = f"badge:{record.sha256}"
        schedule(connection, asked, key=key, at=now(), subject=record.registration_id)


def make(event: Event[BadgeAsked], job: Job, resources: Resources) -> None:
    with resources.database.begin() as connection:
        record = records.by_id(connection, event.data.certificate_id)
        if record is not None and record.state == "valid":
            badges.keep(connection, record.sha256 or "", resources.badges.of(record) or "")
        job.complete(connection)
