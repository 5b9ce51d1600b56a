"""How far documents are preserved, and what stands against it: for operators and organisers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, select

from services.certificates.base.records import COUNTS, IS_FILE_OF, Record
from services.certificates.base.tables import Certificate, Document
from shared.base.clock import now

# An authority that is away for an hour or two is nobody's matter: everything is done months early.
HICCUP = timedelta(hours=6)


@dataclass(frozen=True)
class Trouble:
    """`waits`: it is tried again by itself; else it cannot be, and only a new document could."""

    problem: str
    documents: int
    since: datetime
    waits: bool


@dataclass(frozen=True)
class Standing:
    """Documents that count and are signed. `holds_until`: of the one whose timestamp ends first."""

    signed: int
    preserved: int
    due: int
    holds_until: datetime | None


def standing(connection: Connection, conference: str | None = None) -> Standing:
    is_due = and_(Document.due_at <= now(), Document.failing_since.is_(None))
    columns = (
        func.count(),
        func.count(Document.preserved_at),
        func.count(case((is_due, 1))),
        func.min(Document.holds_until),
    )
    statement = _of(conference, select(*columns)).where(Document.signed_by.is_not(None))
    return Standing(*connection.execute(statement).one())


def holds_until(connection: Connection, record: Record) -> datetime | None:
    """How long the newest timestamp of a certificate's document carries; None without one."""
    moment: datetime | None = connection.execute(
        select(Document.holds_until).where(Document.sha256 == record.sha256)
    ).scalar()
    return moment


def troubles(connection: Connection, conference: str | None = None) -> Sequence[Trouble]:
    """By reason, what concerns most documents first; hiccups left out."""
    waits = Document.due_at.is_not(None)
    number = func.count()
    statement = (
        _of(
            conference,
            select(Document.problem, number, func.min(Document.failing_since), waits),
        )
        .where(Document.failing_since.is_not(None))
        .group_by(Document.problem, waits)
        .order_by(number.desc(), Document.problem)
    )
    found = [Trouble(row[0], row[1], row[2], bool(row[3])) for row in connection.execute(statement)]
    return [each for each in found if not each.waits or each.since < now() - HICCUP]


def figures(connection: Connection) -> Mapping[str, int]:
    """For `status` and metrics, which ask often: only of what an index finds."""
    is_due = (Document.due_at <= now()) & Document.failing_since.is_(None)
    due = connection.execute(_of(None, select(func.count())).where(is_due)).scalar_one()
    return {
        "certificates_to_preserve": due,
        "certificates_not_preserved": sum(each.documents for each in troubles(connection)),
    }


def worries(connection: Connection) -> Sequence[str]:
    """What the operator must know, in words."""
    return [
        f"{_documents(each.documents)} {'wait for' if each.waits else 'cannot be given'} what "
        f"keeps their signature verifiable, since {each.since:%Y-%m-%d}: {each.problem}: "
        "python -m services.certificates preservation"
        for each in troubles(connection)
    ]


def _of(conference: str | None, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Among the documents of certificates that count."""
    statement = statement.select_from(Document).join(Certificate, IS_FILE_OF).where(*COUNTS)
    return (
        statement if conference is None else statement.where(Certificate.conference == conference)
    )


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count} documents"
