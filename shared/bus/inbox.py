"""The inbox: one job per event, in the consuming service's own database.

waiting ──dispatch──► queued ──claim──► running ──► done
   ▲                    │ hint lost        │ fails, or its lease ends
   └────────────────────┴──────────────────┴──► dead (tries used up, or hopeless)

`next_at` is when a waiting job is due, when a queued job's hint is taken for lost, and when a
running job's lease ends. `tries`, counted at the claim, and that end are the fencing token: whoever
holds an older one can no longer write. `failing_since` is when the first of these tries failed.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import BigInteger, Connection, Integer, Table, Text, bindparam, delete
from sqlalchemy.orm import Mapped, mapped_column

from shared.base.clock import now
from shared.base.database import INSERTS, UtcDateTime
from shared.bus.eventlog import Base
from shared.events import Payload, new_event

Lane = Literal["main", "bulk"]
LANES: tuple[Lane, ...] = ("main", "bulk")

TIMER = "timer"  # source of the events a service sets for itself

# By type: on whose behalf an event (a parsed envelope) is acted on. See `shared.bus.turns`.
Flows = Mapping[str, Callable[[Mapping[str, Any]], str | None]]
NO_FLOWS: Flows = {}
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class JobRow(Base):
    """One event to act on, and how far that got."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    key: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    position: Mapped[int | None] = mapped_column(BigInteger)
    type: Mapped[str]
    subject: Mapped[str | None]
    lane: Mapped[str]
    flow: Mapped[str | None]
    envelope: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    step: Mapped[str | None]
    forced: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)


class FlowRow(Base):
    """On whose behalf jobs of a lane are done, and when one of them was last claimed."""

    __tablename__ = "flow"

    lane: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    served_at: Mapped[datetime] = mapped_column(UtcDateTime, default=NEVER)


# The table itself: statements on it cost half of those on the class.
JOBS: Table = Base.metadata.tables[JobRow.__tablename__]
FLOWS: Table = Base.metadata.tables[FlowRow.__tablename__]


def receive(
    connection: Connection,
    source: str,
    events: Sequence[Mapping[str, Any]],
    lanes: Mapping[str, Lane],
    flows: Flows = NO_FLOWS,
) -> None:
    """File a job for each event (a parsed envelope) whose type is in `lanes`, in its flow if any.

    An event that is already there is left as it is.
    """
    moment = now()
    jobs = [
        _job(
            key=event["id"],
            source=source,
            position=event["position"],
            type=event["type"],
            subject=event.get("subject"),
            lane=lanes[event["type"]],
            flow=flows[event["type"]](event) if event["type"] in flows else None,
            envelope=json.dumps(event, ensure_ascii=False),
            next_at=moment,
            created_at=moment,
        )
        for event in events
        if event["type"] in lanes
    ]
    if jobs:
        _open_flows(connection, jobs)
        connection.execute(_FILE[connection.dialect.name], jobs)


def schedule(
    connection: Connection,
    data: Payload,
    *,
    key: str,
    at: datetime,
    lane: Lane = "bulk",
    subject: str | None = None,
    flow: str | None = None,
) -> None:
    """Have this service's own handler of `data` run at a time; the same key again moves it.

    `flow` is on whose behalf, where others of the lane shall not wait for it (`shared.bus.turns`).
    A timer that has already gone off stays as it is.
    """
    moment = now()
    job = _job(
        key=f"{TIMER}:{key}",
        source=TIMER,
        position=None,
        type=data.type,
        subject=subject,
        lane=lane,
        flow=flow,
        envelope=new_event(TIMER, data, subject=subject, id=uuid4()).model_dump_json(),
        next_at=at,
        created_at=moment,
    )
    _open_flows(connection, [job])
    connection.execute(_SCHEDULE[connection.dialect.name], job)


def unschedule(connection: Connection, *, key: str) -> None:
    """Take back a timer that has not gone off."""
    connection.execute(_UNSCHEDULE, {"timer": f"{TIMER}:{key}"})


def _open_flows(connection: Connection, jobs: Sequence[Mapping[str, Any]]) -> None:
    flows = sorted({(job["lane"], job["flow"]) for job in jobs if job["flow"] is not None})
    if flows:
        rows = [{"lane": lane, "name": name, "served_at": NEVER} for lane, name in flows]
        connection.execute(_OPEN[connection.dialect.name], rows)


def _job(**columns: Any) -> dict[str, Any]:
    return {"state": "waiting", "tries": 0, "forced": False, **columns}


def _move_if_waiting(insert: Any) -> Any:
    statement = insert(JOBS)
    return statement.on_conflict_do_update(
        index_elements=[JOBS.c.key],
        set_={name: statement.excluded[name] for name in ("next_at", "envelope", "flow")},
        where=JOBS.c.state == "waiting",
    )


_FILE = {name: insert(JOBS).on_conflict_do_nothing() for name, insert in INSERTS.items()}
_OPEN = {name: insert(FLOWS).on_conflict_do_nothing() for name, insert in INSERTS.items()}
_SCHEDULE = {name: _move_if_waiting(insert) for name, insert in INSERTS.items()}
_UNSCHEDULE = delete(JOBS).where(JOBS.c.key == bindparam("timer"), JOBS.c.state == "waiting")
