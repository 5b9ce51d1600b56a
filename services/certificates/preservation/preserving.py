"""Preserving one document: extend it, store it, and make it the certificate's file.

It is the same certificate: code, link and badge stay, nobody is written to, and every file that was
ever given out is still recognised. Killed anywhere, it is done again; whoever made or took back the
certificate meanwhile wins.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, func, insert, select, update

from services.certificates.base import records
from services.certificates.base.preservation import (
    EvidenceMissing,
    EvidenceRefused,
    Extended,
    Preserver,
)
from services.certificates.base.records import Record, lock_registration
from services.certificates.base.tables import Certificate, Document
from services.certificates.preservation.asking import DAY, PreservationAsked, next_due
from services.certificates.resources import Resources
from shared.base.clock import now
from shared.base.errors import Parked
from shared.events import Event
from shared.process.service import Job

# Half an hour to an hour and a half: whatever an outage holds up does not come back in one moment.
PATIENCE = timedelta(minutes=30)
SPREAD = timedelta(hours=1)

log = structlog.get_logger()


@dataclass(frozen=True)
class _Wanted:
    record: Record
    made_at: datetime
    is_preserved: bool


def preserve(event: Event[PreservationAsked], job: Job, resources: Resources) -> None:
    sha256 = event.data.sha256
    with resources.database.read() as connection:
        wanted = _wanted(connection, sha256)
    if wanted is None:  # made anew, revoked or erased since, or seen to already
        return
    preserver = resources.preserver
    if preserver is None or not (wanted.is_preserved or preserver.wants_new):
        _not_any_more(sha256, wanted, job, resources)
        return
    try:
        extended = _extended(sha256, wanted, preserver, resources)
    except EvidenceMissing as error:
        _wait(sha256, str(error), job, resources)
        raise Parked("an authority gave no answer") from None
    except EvidenceRefused as error:
        with resources.database.begin() as connection:
            _note_problem(connection, sha256, str(error), due_at=None)
            job.complete(connection)
        log.warning("not preserved", certificate=wanted.record.id)
        return
    _replace(wanted.record, sha256, extended, job, resources)


def _extended(sha256: str, wanted: _Wanted, preserver: Preserver, resources: Resources) -> Extended:
    pdf = resources.storage.get(wanted.record.storage_key(sha256))
    return preserver.extend(pdf, wanted.made_at)


def _wanted(connection: Connection, sha256: str) -> _Wanted | None:
    row = connection.execute(
        select(Document.certificate_id, Document.stored_at, Document.preserved_at).where(
            Document.sha256 == sha256
        )
    ).one_or_none()
    record = records.by_id(connection, row.certificate_id) if row else None
    if row is None or record is None or record.sha256 != sha256 or record.state != "valid":
        return None
    return _Wanted(record, row.stored_at, row.preserved_at is not None)


def _replace(
    record: Record, former: str, extended: Extended, job: Job, resources: Resources
) -> None:
    sha256 = hashlib.sha256(extended.pdf).hexdigest()
    key = record.storage_key(sha256)
    resources.storage.put(key, extended.pdf)
    with resources.database.begin() as connection:
        known = lock_registration(connection, record.registration_id)
        current = next((each for each in known if each.id == record.id), None)
        is_theirs = current is not None and current.state == "valid" and current.sha256 == former
        if is_theirs:
            _record(connection, record, former, sha256, key, extended)
        job.complete(connection)
    if not is_theirs:
        resources.storage.delete(key)
        log.info("not preserved", certificate=record.id, reason="another file counts now")


def _record(
    connection: Connection,
    record: Record,
    former: str,
    sha256: str,
    key: str,
    extended: Extended,
) -> None:
    """What is said of the former file is said of this one: who signed it, its design, its badge."""
    row = connection.execute(select(Document.__table__).where(Document.sha256 == former)).one()
    said = dict(row._mapping)  # noqa: SLF001  SQLAlchemy's public name for it
    of_this_one = {
        "sha256": sha256,
        "storage_key": key,
        "stored_at": now(),
        "preserved_at": now(),
        "holds_until": extended.holds_until,
        "due_at": next_due(extended.holds_until, sha256),
        "failing_since": None,
        "problem": None,
    }
    connection.execute(insert(Document).values(said | of_this_one))
    connection.execute(update(Certificate).where(Certificate.id == record.id).values(sha256=sha256))
    done = {"due_at": None, "failing_since": None, "problem": None}
    connection.execute(update(Document).where(Document.sha256 == former).values(done))


def _wait(sha256: str, problem: str, job: Job, resources: Resources) -> None:
    at = now() + PATIENCE + SPREAD * (int(sha256[:4], 16) / 0xFFFF)
    with resources.database.begin() as connection:
        due_at = select(Document.due_at).where(Document.sha256 == sha256).scalar_subquery()
        _note_problem(connection, sha256, problem, due_at=due_at)
        job.put_off(connection, at)


def _note_problem(connection: Connection, sha256: str, problem: str, *, due_at: object) -> None:
    connection.execute(
        update(Document)
        .where(Document.sha256 == sha256)
        .values(
            failing_since=func.coalesce(Document.failing_since, now()),
            problem=problem[:500],
            due_at=due_at,
        )
    )


def _not_any_more(sha256: str, wanted: _Wanted, job: Job, resources: Resources) -> None:
    """The operator does not want it any more; but what was promised once is missed aloud."""
    with resources.database.begin() as connection:
        if wanted.is_preserved:
            problem = "EMARGE_TIMESTAMP_URL is not set: no authority of timestamps can be asked"
            _note_problem(connection, sha256, problem, due_at=now() + DAY)
        else:
            connection.execute(
                update(Document).where(Document.sha256 == sha256).values(due_at=None)
            )
        job.complete(connection)
