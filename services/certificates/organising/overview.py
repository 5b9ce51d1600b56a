"""Where each person's certificate stands, for the organiser: to issue, issued, failed and why."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, or_, select

from services.certificates.base.records import Record, every
from services.certificates.base.tables import Certificate
from services.certificates.base.unprinted import all_unprinted
from shared.bus.inbox import JobRow
from shared.events.registration import AttendanceCertified

State = Literal["to-issue", "failed", "issued", "revoked", "superseded", "erased"]
OPEN = ("waiting", "queued", "running", "parked", "dead")


@dataclass(frozen=True)
class Standing:
    """One person and one version of their attendance. `reason`: why it failed or was revoked;
    `unprinted`: the signs that its document lacks, which no font writes."""

    registration_id: str
    conference: str
    holder: str
    attendance_version: int
    state: State
    code: str | None = None
    issued_at: datetime | None = None
    reason: str | None = None
    unprinted: str | None = None


def standings(connection: Connection, conference: str | None) -> Iterator[Standing]:
    """Every certificate, and every attendance that has none yet, of one conference or of all."""
    failures = _open_jobs(connection)
    lacking = all_unprinted(connection)
    known = set()
    for record in every(connection, conference):
        known.add(record.job_key)
        made = _of_record(record, failures.get(record.job_key))
        yield replace(made, unprinted=lacking.get(record.sha256 or ""))
    for key, job in failures.items():
        if key not in known and (standing := _of_job(job, conference)):
            yield standing


def _of_record(record: Record, job: Any) -> Standing:
    state: State = "issued" if record.state == "valid" else record.state
    reason = record.revoked_reason
    if state == "to-issue" and job is not None and job.state == "dead":
        state, reason = "failed", _last_line(job.error)
    return Standing(
        registration_id=record.registration_id,
        conference=record.conference,
        holder=record.holder,
        attendance_version=record.attendance_version,
        state=state,
        code=record.code if record.sha256 else None,
        issued_at=record.issued_at if record.sha256 else None,
        reason=reason,
    )


def _of_job(job: Any, conference: str | None) -> Standing | None:
    data = json.loads(job.envelope)["data"]
    slug = data.get("conference", {}).get("slug", "")
    if job.type != AttendanceCertified.type or conference not in (None, slug):
        return None
    person = data.get("person", {})
    return Standing(
        registration_id=str(job.subject),
        conference=slug,
        holder=f"{person.get('first_name', '')} {person.get('last_name', '')}".strip(),
        attendance_version=int(data.get("attendance_version", 0)),
        state="failed" if job.state == "dead" else "to-issue",
        reason=_last_line(job.error) if job.state == "dead" else None,
    )


def _open_jobs(connection: Connection) -> dict[str, Any]:
    """Jobs that still have a certificate to make or failed to, by key."""
    rows = connection.execute(
        select(
            JobRow.key, JobRow.type, JobRow.state, JobRow.subject, JobRow.error, JobRow.envelope
        ).where(
            JobRow.state.in_(OPEN),
            or_(
                JobRow.type == AttendanceCertified.type,
                JobRow.key.in_(select(Certificate.job_key).where(Certificate.sha256.is_(None))),
            ),
        )
    )
    return {row.key: row for row in rows}


def _last_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[-1] if text else ""
