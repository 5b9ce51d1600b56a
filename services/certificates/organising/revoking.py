"""Revoking: the certificate no longer counts; why is said to whoever checks it."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, update

from services.certificates.badges import statuses
from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.base.tables import Certificate, Withdrawal
from shared.base.clock import now
from shared.base.database import Database, upsert
from shared.base.errors import EmargeError
from shared.base.transactions import retried
from shared.bus.eventlog import EventLog
from shared.events.certificates import CertificateRevoked


@dataclass(frozen=True)
class Revoker:
    """Who revokes, as registration's history has it."""

    kind: Literal["organiser", "system"]
    name: str


class NotRevocable(EmargeError):
    """It does not count already."""


def withdraw(
    connection: Connection, log: EventLog, registration_id: str, version: int, reason: str
) -> int:
    """What an attendance of this version leaves nothing of counts no more; how many. In the
    caller's transaction; again is harmless."""
    noted = upsert(connection, Withdrawal).values(
        registration_id=registration_id, attendance_version=version
    )
    connection.execute(
        noted.on_conflict_do_update(
            index_elements=[Withdrawal.registration_id],
            set_={"attendance_version": version},
            where=Withdrawal.attendance_version < version,
        )
    )
    withdrawn = [
        row
        for row in records.lock_registration(connection, registration_id)
        if row.state == "valid" and row.attendance_version < version
    ]
    for record in withdrawn:
        _revoke(connection, log, record, reason)
    return len(withdrawn)


@retried
def revoke(
    database: Database,
    log: EventLog,
    typed: str,
    reason: str,
    by: Revoker,
    conference: str | None = None,
) -> Record:
    """Revoke and tell; of this conference alone, if one is named. Raises NoSuchCertificate,
    NotRevocable."""
    with database.begin() as connection:
        found = records.find(connection, typed, conference)
        rows = records.lock_registration(connection, found.registration_id)
        record = next((row for row in rows if row.id == found.id), found)
        if record.state not in ("valid", "superseded"):
            raise NotRevocable(f"{record.code} cannot be revoked: it is {record.state}")
        _revoke(connection, log, record, reason, by)
    return record


def _revoke(
    connection: Connection, log: EventLog, record: Record, reason: str, by: Revoker | None = None
) -> None:
    moment = now()
    connection.execute(
        update(Certificate)
        .where(Certificate.id == record.id)
        .values(revoked_at=moment, revoked_reason=reason)
    )
    statuses.end(connection, [record.id])
    told = CertificateRevoked(
        registration_id=record.registration_id,
        conference=record.conference,
        code=record.code,
        reason=reason,
        revoked_at=moment,
        actor_kind=by.kind if by else None,
        actor=by.name if by else "",
    )
    log.append(connection, told, subject=record.registration_id)
