"""Jobs that are open: waiting, queued or running; and among them those that fail.

A job fails when a try of it has failed and it will be tried again. Nothing here shows an envelope:
those hold people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, case, func, select

from shared.bus.inbox import JOBS, LANES

OPEN = ("waiting", "queued", "running")


@dataclass(frozen=True)
class Failing:
    """Jobs of one type that fail: how many, how often the worst has failed, since when the first
    does."""

    type: str
    jobs: int
    failures: int
    since: datetime


def open_jobs(
    connection: Connection, *, failing: bool = False, most: int | None = None
) -> Sequence[RowMapping]:
    """At most so many, the oldest first; `tries` counts those that have begun, `next_at` is when a
    waiting one is due. Of a failing one, `error` ends with the last lines of its traceback."""
    statement = select(
        JOBS.c.id,
        JOBS.c.type,
        JOBS.c.subject,
        JOBS.c.lane,
        JOBS.c.flow,
        JOBS.c.state,
        JOBS.c.tries,
        JOBS.c.created_at,
        JOBS.c.failing_since,
        JOBS.c.next_at,
        JOBS.c.error,
    ).order_by(JOBS.c.id)
    chosen = _FAILS if failing else (JOBS.c.state.in_(OPEN),)
    return connection.execute(statement.where(*chosen).limit(most)).mappings().all()


def count_open(connection: Connection, *, failing: bool = False) -> int:
    chosen = _FAILS if failing else (JOBS.c.state.in_(OPEN),)
    return connection.execute(select(func.count()).select_from(JOBS).where(*chosen)).scalar_one()


def failing_types(connection: Connection) -> tuple[Failing, ...]:
    """By type, the longest failing first."""
    since = func.min(JOBS.c.failing_since)
    failures = func.max(JOBS.c.tries - case((JOBS.c.state == "running", 1), else_=0))
    rows = connection.execute(
        select(JOBS.c.type, func.count(), failures, since)
        .where(*_FAILS)
        .group_by(JOBS.c.type)
        .order_by(since, JOBS.c.type)
    )
    return tuple(Failing(*row) for row in rows)


# What waits in no lane is parked, and not tried.
_FAILS = (JOBS.c.failing_since.is_not(None), JOBS.c.state.in_(OPEN), JOBS.c.lane.in_(LANES))
