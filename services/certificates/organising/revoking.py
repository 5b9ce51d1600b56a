"""Revoking: the certificate no longer counts; why is said to whoever checks it."""

from sqlalchemy import update

from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.base.tables import Certificate
from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import EmargeError
from shared.base.transactions import retried
from shared.bus.eventlog import EventLog
from shared.events.certificates import CertificateRevoked


class NotRevocable(EmargeError):
    """It does not count already."""


@retried
def revoke(
    database: Database, log: EventLog, typed: str, reason: str, conference: str | None = None
) -> Record:
    """Revoke and tell; of this conference alone, if one is named. Raises NoSuchCertificate,
    NotRevocable."""
    with database.begin() as connection:
        found = records.find(connection, typed, conference)
        rows = records.lock_registration(connection, found.registration_id)
        record = next((row for row in rows if row.id == found.id), found)
        if record.state not in ("valid", "superseded"):
            raise NotRevocable(f"{record.code} cannot be revoked: it is {record.state}")
        moment = now()
        connection.execute(
            update(Certificate)
            .where(Certificate.id == record.id)
            .values(revoked_at=moment, revoked_reason=reason)
        )
        told = CertificateRevoked(
            registration_id=record.registration_id,
            code=record.code,
            reason=reason,
            revoked_at=moment,
        )
        log.append(connection, told, subject=record.registration_id)
    return record
