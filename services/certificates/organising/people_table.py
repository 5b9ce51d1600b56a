"""A conference's certificates as its organiser reads them: counted, searched, a page at a time.

Who has none yet is known from the inbox alone: a job that waits, or one that failed and why.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, func, select, true

from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.base.tables import Certificate
from services.certificates.organising.overview import OPEN
from shared.bus.inbox import JobRow
from shared.events.registration import AttendanceCertified, SpeakerCertified
from shared.words.codes import PRINTED, parse_code
from shared.words.finding import has_all

PAGE = 50
MOST_FAILED = 50

Status = Literal["", "valid", "revoked", "superseded"]
Variant = Literal["", "day", "session", "speaker", "realisation"]

_ISSUED = Certificate.sha256.is_not(None)
_STATUS: Mapping[str, ColumnElement[bool]] = {
    "valid": and_(_ISSUED, Certificate.revoked_at.is_(None), Certificate.superseded_by.is_(None)),
    "revoked": and_(_ISSUED, Certificate.revoked_at.is_not(None)),
    "superseded": and_(
        _ISSUED, Certificate.revoked_at.is_(None), Certificate.superseded_by.is_not(None)
    ),
}


@dataclass(frozen=True)
class Wanted:
    search: str = ""
    status: Status = "valid"
    variant: Variant = ""
    page: int = 1


@dataclass(frozen=True)
class Table:
    rows: Sequence[Record]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Failure:
    """A certificate that could not be made; `number` is its job's."""

    number: int
    registration_id: str
    holder: str
    reason: str
    tries: int


@dataclass(frozen=True)
class Counts:
    valid: int
    revoked: int
    superseded: int
    to_issue: int
    failed: int

    @property
    def all(self) -> int:
        return self.valid + self.to_issue + self.failed


def counts(connection: Connection, conference: str) -> Counts:
    """Of the day's and all others; what waits and what failed is counted by attendance."""
    issued = connection.execute(
        select(
            *(func.count().filter(condition).label(name) for name, condition in _STATUS.items())
        ).where(Certificate.conference == conference, Certificate.erased_at.is_(None))
    ).one()
    jobs = {
        row.state: int(row.number)
        for row in connection.execute(
            select(JobRow.state, func.count().label("number"))
            .where(_of(conference), JobRow.state.in_(OPEN))
            .group_by(JobRow.state)
        )
    }
    failed = jobs.pop("dead", 0)
    return Counts(issued.valid, issued.revoked, issued.superseded, sum(jobs.values()), failed)


def count_of(connection: Connection, conference: str, variant: Variant) -> int:
    """How many of one kind count."""
    of_kind = (Certificate.conference == conference, Certificate.variant == variant)
    count = select(func.count()).select_from(Certificate)
    living = Certificate.erased_at.is_(None)
    return connection.execute(count.where(*of_kind, living, _STATUS["valid"])).scalar_one()


def read_table(connection: Connection, conference: str, wanted: Wanted) -> Table:
    condition = and_(
        Certificate.conference == conference,
        Certificate.erased_at.is_(None),
        _STATUS[wanted.status] if wanted.status else _ISSUED,
        Certificate.variant == wanted.variant if wanted.variant else true(),
        *_matches(wanted.search),
    )
    total = connection.execute(
        select(func.count()).select_from(Certificate).where(condition)
    ).scalar_one()
    page = min(wanted.page, max(1, -(-total // PAGE)))
    rows = records.some(connection, condition, offset=(page - 1) * PAGE, most=PAGE)
    return Table(rows, total, page)


def failures(connection: Connection, conference: str) -> list[Failure]:
    """What was given up, and why; the newest first."""
    rows = connection.execute(
        select(JobRow.id, JobRow.subject, JobRow.envelope, JobRow.error, JobRow.tries)
        .where(_of(conference), JobRow.state == "dead")
        .order_by(JobRow.id.desc())
        .limit(MOST_FAILED)
    )
    return [
        Failure(row.id, str(row.subject), _holder(row.envelope), _reason(row.error), row.tries)
        for row in rows
    ]


def _of(conference: str) -> ColumnElement[bool]:
    """The jobs about attendances of a conference; its slug has no sign that LIKE would take for
    another."""
    return and_(
        JobRow.type.in_([AttendanceCertified.type, SpeakerCertified.type]),
        JobRow.envelope.like(f'%"slug": "{conference}"%'),
    )


def _matches(text: str) -> list[ColumnElement[bool]]:
    """One condition a word: every word is in what the certificate is found by."""
    code = parse_code(text, *PRINTED)
    return [Certificate.code == code] if code is not None else has_all(Certificate.sought, text)


def _holder(envelope: str) -> str:
    person: dict[str, Any] = json.loads(envelope)["data"].get("person", {})
    return f"{person.get('first_name', '')} {person.get('last_name', '')}".strip()


def _reason(error: str | None) -> str:
    return (error or "").strip().splitlines()[-1] if error else ""
