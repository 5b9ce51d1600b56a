"""The delivery log of a conference as its organiser asks for it: by outcome, kind and person.

What became of an email is its delivery's state seen together with its job's: one that was refused
and waits for its next try is under way, and so is one that is being sent again. One that is held
is held.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, not_, or_, select

from services.notifications.base.finding import matches
from services.notifications.base.tables import Delivery
from shared.base.clock import now
from shared.bus.inbox import JobRow

PAGE = 50

Outcome = Literal["sent", "underway", "held", "failed", "ambiguous", "skipped"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

_OPEN = ("waiting", "queued", "running")
_is_open = func.coalesce(JobRow.state, "").in_(_OPEN)
_given_up = or_(Delivery.state == "failed", Delivery.state == "sending")
OUTCOME = case(
    (Delivery.state == "held", "held"),
    (_is_open, "underway"),
    (_given_up, "failed"),
    else_=Delivery.state,
)
_WITH_JOB = Delivery.__table__.outerjoin(JobRow.__table__, JobRow.id == Delivery.job_id)
_COLUMNS = (
    Delivery.id,
    Delivery.registration_id,
    Delivery.kind,
    Delivery.announcement_id,
    Delivery.programme_version,
    Delivery.name,
    Delivery.recipient,
    Delivery.reason,
    Delivery.words,
    Delivery.created_at,
    Delivery.settled_at,
    OUTCOME.label("outcome"),
    JobRow.id.label("job"),
    JobRow.tries,
    JobRow.next_at,
    JobRow.error,
)


@dataclass(frozen=True)
class Wanted:
    """Which deliveries, and which page of them."""

    search: str = ""
    kind: str = ""
    outcome: str = ""
    announcement: int | None = None
    page: int = 1


@dataclass(frozen=True)
class Table:
    rows: list[Row[Any]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Line:
    """The jobs that could be done now, of all conferences, and since when the oldest could."""

    waiting: int
    since: datetime | None


def read_table(connection: Connection, conference: str, wanted: Wanted) -> Table:
    """One page of what matches, newest first, and how many match."""
    conditions = _conditions(conference, wanted)
    total: int = connection.execute(
        select(func.count()).select_from(_WITH_JOB).where(*conditions)
        if wanted.outcome in ("underway", "failed")
        else select(func.count()).select_from(Delivery).where(*conditions)
    ).scalar_one()
    page = max(1, min(wanted.page, -(-total // PAGE)))
    numbers = (
        select(Delivery.id)
        .select_from(_WITH_JOB if wanted.outcome in ("underway", "failed") else Delivery)
        .where(*conditions)
        .order_by(Delivery.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    rows = connection.execute(
        select(*_COLUMNS)
        .select_from(_WITH_JOB)
        .where(Delivery.id.in_(numbers.scalar_subquery()))
        .order_by(Delivery.id.desc())
    )
    return Table(list(rows), total, page)


def letters_of(connection: Connection, conference: str, registration_id: str) -> list[Row[Any]]:
    """Everything one person was to be sent, in order."""
    return list(
        connection.execute(
            select(*_COLUMNS)
            .select_from(_WITH_JOB)
            .where(Delivery.conference == conference, Delivery.registration_id == registration_id)
            .order_by(Delivery.id)
        )
    )


def counts(
    connection: Connection, conference: str, announcement: int | None = None
) -> dict[str, Counter[str]]:
    """By kind, how many emails had which outcome."""
    of = [Delivery.conference == conference]
    if announcement is not None:
        of.append(Delivery.announcement_id == announcement)
    found: dict[str, Counter[str]] = {}
    settled = (
        select(Delivery.kind, Delivery.state, func.count())
        .where(*of)
        .group_by(Delivery.kind, Delivery.state)
    )
    for kind, state, count in connection.execute(settled):
        outcome = "failed" if state == "sending" else state
        found.setdefault(kind, Counter())[outcome] += count
    # Few jobs are open at a time: those are looked at one by one.
    opened = (
        select(Delivery.kind, Delivery.state, func.count())
        .select_from(_WITH_JOB)
        .where(*of, JobRow.state.in_(_OPEN), Delivery.state != "held")
        .group_by(Delivery.kind, Delivery.state)
    )
    for kind, state, count in connection.execute(opened):
        found[kind]["failed" if state == "sending" else state] -= count
        found[kind]["underway"] += count
    return found


def line(connection: Connection) -> Line:
    count, since = connection.execute(
        select(func.count(), func.min(JobRow.next_at)).where(
            JobRow.state.in_(("waiting", "queued")), JobRow.next_at <= now()
        )
    ).one()
    return Line(count, since)


def last_sent(connection: Connection, conference: str) -> datetime | None:
    """When the newest of the emails that were sent was; of the last ones filed."""
    newest = (
        select(Delivery.settled_at)
        .where(Delivery.conference == conference, Delivery.state == "sent")
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    return connection.execute(newest).scalar()


def _conditions(conference: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [Delivery.conference == conference]
    if wanted.kind:
        conditions.append(Delivery.kind == wanted.kind)
    if wanted.announcement is not None:
        conditions.append(Delivery.announcement_id == wanted.announcement)
    if wanted.outcome == "underway":
        conditions += [_is_open, Delivery.state != "held"]
    elif wanted.outcome == "failed":
        conditions.append(and_(_given_up, not_(_is_open)))
    elif wanted.outcome:
        conditions.append(Delivery.state == wanted.outcome)
    return conditions + matches(wanted.search)
