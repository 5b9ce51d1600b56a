"""Issuing again: the same attendance with today's template and key.

A certificate that counts keeps its code and link and gets a new file; a revoked one is replaced by
a new certificate with a code of its own. Each is a job of the inbox, so that a kill loses nothing.
"""

from dataclasses import replace
from typing import ClassVar
from uuid import uuid4

from sqlalchemy import Connection, insert

from services.certificates.base import records
from services.certificates.base.minting import Mint
from services.certificates.base.records import Record, certificate_id
from services.certificates.base.tables import Certificate
from services.certificates.issuing.issuing import make_anew
from services.certificates.issuing.orders import Order
from services.certificates.realisation import versions
from services.certificates.resources import Resources
from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import EmargeError, Hopeless
from shared.base.transactions import retried
from shared.bus.inbox import TIMER, schedule
from shared.events import Event, Payload
from shared.process.service import Job


class NotReissuable(EmargeError):
    """There is nothing to make a new document from, or a newer one counts."""


class ReissueAsked(Payload):
    """An operator asked for a new file of one certificate."""

    type: ClassVar[str] = "certificate.reissue-asked"
    certificate_id: str
    batch: str = ""
    reason: str = ""

    @property
    def timer(self) -> str:
        return f"reissue:{self.certificate_id}:{self.batch}"


def reissue(event: Event[ReissueAsked], job: Job, resources: Resources) -> None:
    """A new file, unless the certificate has stopped counting since it was asked for."""
    with resources.database.read() as connection:
        record = records.by_id(connection, event.data.certificate_id)
    if record is None:
        raise Hopeless(f"there is no certificate {event.data.certificate_id}")
    if record.state in ("valid", "to-issue"):
        make_anew(Order([record], job, reason=event.data.reason), resources)


@retried
def ask_for_one(
    database: Database, typed: str, conference: str | None = None, reason: str = ""
) -> Record:
    """Ask for a new file of the certificate with this code, or for a new certificate if it was
    revoked; of this conference alone, if one is named. Raises NoSuchCertificate, NotReissuable."""
    with database.begin() as connection:
        record = records.find(connection, typed, conference)
        if record.state not in ("valid", "revoked"):
            raise NotReissuable(f"{record.code} cannot be issued again: it is {record.state}")
        if record.state == "valid":
            ask(connection, record, str(uuid4()), reason)
            return record
        rows = [
            row
            for row in records.lock_registration(connection, record.registration_id)
            if row.is_about_the_same(record)
        ]
        if any(row.state in ("valid", "to-issue") for row in rows):
            raise NotReissuable(f"{record.code} was revoked, and another one has replaced it")
        return _replace(connection, rows[-1], reason)


def ask(connection: Connection, record: Record, batch: str, reason: str = "") -> str:
    """A job for this one; the same batch asks for it once. Returns the job's key."""
    asked = ReissueAsked(certificate_id=record.id, batch=batch, reason=reason)
    schedule(connection, asked, key=asked.timer, at=now(), subject=record.registration_id)
    return f"{TIMER}:{asked.timer}"


def _replace(connection: Connection, revoked: Record, reason: str) -> Record:
    edition, mint = revoked.edition + 1, Mint.of(connection)
    about = (revoked.registration_id, revoked.attendance_version)
    identity = certificate_id(*about, edition, revoked.session, revoked.variant)
    facts = versions.newest(connection, revoked.conference) if revoked.realisation else None
    record = replace(
        revoked,
        id=identity,
        edition=edition,
        code=mint.code(identity),
        link_key=mint.link_key(identity),
        issued_at=now(),
        sha256=None,
        revoked_at=None,
        revoked_reason=None,
        superseded_by=None,
        realisation=facts.number if facts else None,
    )
    record = replace(record, job_key=ask(connection, record, str(uuid4()), reason))
    connection.execute(insert(Certificate).values(**records.columns(record)))
    return record
