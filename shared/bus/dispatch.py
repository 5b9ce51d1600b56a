"""From the inbox to the queue: hints, a page at a time, sent again when they are lost.

A hint is only a job's id. At most WINDOW of them per lane are out at once, so that neither the
broker nor any process grows with the backlog; what is due beyond that waits on disk, and a worker
that is already at it takes it from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Connection, bindparam, func, select, update

from shared.base.clock import now
from shared.base.database import Database
from shared.bus.delays import NO_DELAYS, Delays
from shared.bus.inbox import JOBS, LANES, Lane
from shared.bus.lease import expire

# Several for each child that there may be; no more, for a hint costs as much as a small job, and
# what waits on disk is done without one.
WINDOW: dict[Lane, int] = {"main": 64, "bulk": 64}
RESEND = timedelta(seconds=2)


@dataclass(frozen=True)
class Hint:
    """Work on this job. The type is for whoever reads the queue."""

    job: int
    type: str


class Queue(Protocol):
    """Where hints go: Celery's broker, or a double in tests."""

    def send(self, lane: Lane, hints: Sequence[Hint]) -> None:
        """Best effort: never raises, may lose any of them."""

    def length(self, lane: Lane) -> int:
        """Hints not yet taken by a worker; 0 when nobody can tell."""


def dispatch(database: Database, queue: Queue, delays: Delays = NO_DELAYS) -> int:
    """Give back expired leases, send hints for what is due, and again for those lost.

    Returns how many were sent. `delays` are those of kinds that have others than most.
    """
    if not _anything_due(database):
        return 0
    with database.begin(durable=False) as connection:
        expire(connection, delays)
    return sum(_dispatch_lane(database, queue, lane) for lane in LANES)


def _dispatch_lane(database: Database, queue: Queue, lane: Lane) -> int:
    with database.read() as connection:
        wanted = {"of_lane": lane, "moment": now()}
        out, late = connection.execute(_OUT, wanted).one()
    # A hint is taken for lost only as far as the queue is shorter than what we sent: a slow
    # worker's backlog is not sent again and again.
    lost = out - queue.length(lane) if late else 0
    with database.begin(durable=False) as connection:
        hints = _queue(connection, lane, "queued", lost)
        hints += _queue(connection, lane, "waiting", WINDOW[lane] - out)
    queue.send(lane, hints)
    return len(hints)


def _queue(connection: Connection, lane: Lane, state: str, most: int) -> list[Hint]:
    if most <= 0:
        return []
    moment = now()
    chosen = {"of_lane": lane, "old_state": state, "moment": moment, "most": most}
    rows = connection.execute(_QUEUE, chosen | {"lost_at": moment + RESEND}).all()
    return sorted((Hint(row.id, row.type) for row in rows), key=lambda hint: hint.job)


def _anything_due(database: Database) -> bool:
    with database.read() as connection:
        return connection.execute(_DUE, {"moment": now()}).first() is not None


# Built once: they run at every nudge.
_OUT = (
    select(func.count(), func.count().filter(JOBS.c.next_at <= bindparam("moment")))
    .select_from(JOBS)
    .where(JOBS.c.state == "queued", JOBS.c.lane == bindparam("of_lane"))
)
_DUE = (
    select(JOBS.c.id)
    .where(
        JOBS.c.state.in_(["waiting", "queued", "running"]),
        JOBS.c.lane.in_(LANES),
        JOBS.c.next_at <= bindparam("moment"),
    )
    .limit(1)
)
_QUEUE = (
    update(JOBS)
    .where(
        JOBS.c.id.in_(
            select(JOBS.c.id)
            .where(
                JOBS.c.state == bindparam("old_state"),
                JOBS.c.lane == bindparam("of_lane"),
                JOBS.c.next_at <= bindparam("moment"),
            )
            .order_by(JOBS.c.next_at, JOBS.c.id)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)
        )
    )
    .values(state="queued", next_at=bindparam("lost_at"))
    .returning(JOBS.c.id, JOBS.c.type)
)
