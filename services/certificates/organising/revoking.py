"""Revoking: the certificate no longer counts; why is said to whoever checks it."""

from sqlalchemy import Connection, update

from services.certificates.base import records
from services.certificates.base.codes import parse_code
from services.certificates.base.records import Record
from services.certificates.base.tables import Certificate
from shared.base.clock import now
from shared.base.errors import EmargeError
from shared.bus.eventlog import EventLog
from shared.events.certificates import CertificateRevoked


class NoSuchCertificate(EmargeError):
    """No certificate has this code."""


class NotRevocable(EmargeError):
    """It does not count already."""


def find(connection: Connection, typed: str) -> Record:
    """The certificate of a code as someone typed it; raises NoSuchCertificate."""
    code = parse_code(typed)
    record = records.by_code(connection, code) if code else None
    if record is None:
        why = "no certificate has the code" if code else "a code is sixteen signs, not"
        raise NoSuchCertificate(f"{why} {typed}")
    return record


def revoke(connection: Connection, log: EventLog, typed: str, reason: str) -> Record:
    """Revoke and tell; raises NoSuchCertificate, NotRevocable."""
    found = find(connection, typed)
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
    log.append(
        connection,
        CertificateRevoked(
            registration_id=record.registration_id,
            code=record.code,
            reason=reason,
            revoked_at=moment,
        ),
        subject=record.registration_id,
    )
    return record
