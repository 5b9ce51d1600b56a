"""Where each person's certificate is: remembered from what the certificates service says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from services.registration.base import tables
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import (
    attended_sessions,
    certifiable,
    least_minutes,
    total_minutes,
)
from services.registration.programme.facts import Conference
from services.registration.seats.records import Record, read_record
from shared.base.database import upsert
from shared.base.errors import Later
from shared.events.certificates import CertificateIssued, CertificateRevoked

_SOON = timedelta(seconds=2)
# Of one person: before the day is closed nobody is told whether there will be one. `short`: they
# were there, for less than the conference's rule asks.
Stage = Literal["before", "not-present", "short", "to-issue", "issued", "revoked", "erased"]

_NEWEST = select(
    tables.Certificate.code, tables.Certificate.issued_at, tables.Certificate.revoked_at
).where(tables.Certificate.registration_id == bindparam("of_registration"))
_FIND = select(
    tables.Certificate.download_url, tables.Certificate.verify_url, tables.Certificate.page_url
).where(
    tables.Certificate.registration_id == bindparam("of_registration"),
    tables.Certificate.revoked_at.is_(None),
)


def remember_certificate(connection: Connection, issued: CertificateIssued) -> None:
    """The newest certificate of a person counts; of someone who was erased nothing is kept. The
    certificat de réalisation is on the page that this one leads to."""
    if issued.kind != "attendance":
        return
    record = read_record(connection, issued.registration_id, lock=True)
    if record.erased_at is not None:
        return
    columns = {
        "code": issued.code,
        "attendance_version": issued.attendance_version,
        "download_url": issued.download_url,
        "verify_url": issued.verify_url,
        "page_url": issued.page_url,
        "issued_at": issued.issued_at,
        "revoked_at": None,
    }
    connection.execute(
        upsert(connection, tables.Certificate)
        .values(registration_id=record.id, **columns)
        .on_conflict_do_update(
            index_elements=["registration_id"],
            set_=columns,
            # A successor of a revoked one is about the same attendance, and issued later.
            where=or_(
                tables.Certificate.attendance_version < issued.attendance_version,
                and_(
                    tables.Certificate.attendance_version == issued.attendance_version,
                    tables.Certificate.issued_at < issued.issued_at,
                ),
            ),
        )
    )


def remember_revocation(connection: Connection, revoked: CertificateRevoked) -> bool:
    """False of somebody who was erased, of whom nothing more is kept. Raises Later when the
    certificate itself is not known yet: workers overtake each other."""
    known = connection.execute(
        select(tables.Certificate.code).where(
            tables.Certificate.registration_id == revoked.registration_id
        )
    ).scalar()
    if known is None:
        if read_record(connection, revoked.registration_id).erased_at is not None:
            return False
        raise Later(_SOON, "the certificate is not known yet")
    connection.execute(
        update(tables.Certificate)
        .where(tables.Certificate.code == revoked.code)
        .values(revoked_at=revoked.revoked_at)
    )
    return True


def forget_certificate(connection: Connection, registration_id: str) -> None:
    connection.execute(
        delete(tables.Certificate).where(tables.Certificate.registration_id == registration_id)
    )


@dataclass(frozen=True)
class Standing:
    """How far the certificate of somebody's day is. `code` and `issued_at` are known once it was
    issued; `minutes` of what counts is told to whom they were too few, beside the `least` of the
    conference's rule, 0 when being at anything that counts would have done."""

    stage: Stage
    code: str = ""
    issued_at: datetime | None = None
    minutes: int = 0
    least: int = 0


def read_standing(connection: Connection, record: Record, conference: Conference) -> Standing:
    if record.erased_at is not None:
        return Standing("erased")
    row = connection.execute(_NEWEST, {"of_registration": record.id}).first()
    if row is not None:
        return Standing("revoked" if row.revoked_at else "issued", row.code, row.issued_at)
    if conference.closed_at is None:
        return Standing("before")
    evidence = read_evidence(connection, conference, [record.id])[record.id]
    if evidence.came_at is None:
        return Standing("not-present")
    attended = attended_sessions(conference, evidence)
    if certifiable(conference, attended):
        return Standing("to-issue")
    counted = [each for each in attended if conference.counts(each.session)]
    return Standing("short", minutes=total_minutes(counted), least=least_minutes(conference))


@dataclass(frozen=True)
class Links:
    """Where the certificate can be downloaded and verified, and the page of all that the person
    has, as far as the certificates service told."""

    download: str
    verify: str
    page: str | None


def certificate_links(connection: Connection, registration_id: str) -> Links | None:
    """While it counts."""
    row = connection.execute(_FIND, {"of_registration": registration_id}).first()
    return Links(*row) if row is not None else None
