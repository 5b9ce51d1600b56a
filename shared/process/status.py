"""How a service is doing, counted in its own database; for the terminal and for metrics."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from shared.base.clock import now
from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.deadletters import counted
from shared.bus.dispatch import Queue
from shared.bus.failing import Failing, failing_types
from shared.bus.inbox import LANES, JobRow
from shared.bus.intake import FeedCursor
from shared.process.service import Service
from shared.watching.metrics import Figure

PATIENCE = 300.0  # seconds after which a wait is trouble
HICCUPS = 2  # failures of a job that are none: it has been tried again for less than four seconds

OPEN_STATES = ("waiting", "queued", "running", "parked", "dead")


@dataclass(frozen=True)
class FeedStatus:
    source: str
    position: int
    head: int
    seen_at: datetime | None
    alarm: str | None

    @property
    def silence(self) -> float:
        """Seconds since it last answered."""
        return (now() - self.seen_at).total_seconds() if self.seen_at else 0.0

    @property
    def lag(self) -> int:
        """Events seen in the feed but not yet filed."""
        return self.head - self.position


@dataclass(frozen=True)
class Status:
    """A service at one moment. Ages are in seconds."""

    service: str
    head: int
    unpositioned: int
    feeds: tuple[FeedStatus, ...]
    jobs: dict[str, int]
    failing: tuple[Failing, ...]
    due: int
    oldest_due: float
    queue: dict[str, int]
    figures: dict[str, int]
    worries: tuple[str, ...] = ()
    delays: dict[str, tuple[float, ...]] = field(default_factory=dict)  # seconds, of types with own

    @property
    def trouble(self) -> list[str]:
        """What needs a human, in words."""
        wrong = [feed.alarm for feed in self.feeds if feed.alarm]
        wrong += [
            f"the feed of {feed.source} has not answered for {feed.silence:.0f} s"
            for feed in self.feeds
            if feed.silence > PATIENCE and not feed.alarm
        ]
        if self.jobs["dead"]:
            wrong.append(
                f"{counted(self.jobs['dead'])}: python -m services.{self.service} dead list"
            )
        wrong += [
            f"{described(kind)}: python -m services.{self.service} jobs --failing"
            for kind in self.failing
            if kind.failures > HICCUPS or _age(kind) > PATIENCE
        ]
        if self.oldest_due > PATIENCE:
            wrong.append(f"the oldest job has been due for {self.oldest_due:.0f} s")
        wrong += self.worries
        return wrong


def described(kind: Failing) -> str:
    """In words."""
    jobs = "1 job" if kind.jobs == 1 else f"{kind.jobs} jobs"
    return (
        f"{jobs} of {kind.type} failing for {_age(kind):.0f} s, tried up to {kind.failures} times"
    )


def _age(kind: Failing) -> float:
    return (now() - kind.since).total_seconds()


def read_status(service: Service[Any], database: Database, queue: Queue) -> Status:
    moment = now()
    with database.read() as connection:
        _, head = eventlog.head(connection)
        counted_states = connection.execute(
            select(JobRow.state, func.count())
            .where(JobRow.state.in_(OPEN_STATES))
            .group_by(JobRow.state)
        )
        counts = dict(counted_states.all())
        due = connection.execute(
            select(func.count(), func.min(JobRow.next_at)).where(
                JobRow.state.in_(["waiting", "queued"]), JobRow.next_at <= moment
            )
        ).one()
        feeds = connection.execute(
            select(
                FeedCursor.source,
                FeedCursor.position,
                FeedCursor.head,
                FeedCursor.seen_at,
                FeedCursor.alarm,
            ).order_by(FeedCursor.source)
        ).all()
        failing = failing_types(connection)
        figures = dict(service.figures(connection)) if service.figures else {}
        worries = tuple(service.worries(connection)) if service.worries else ()
        unpositioned = eventlog.pending(connection)
    return Status(
        service=service.name,
        head=head,
        unpositioned=unpositioned,
        feeds=tuple(FeedStatus(*row) for row in feeds),
        jobs={state: counts.get(state, 0) for state in OPEN_STATES},
        failing=failing,
        due=due[0],
        oldest_due=(moment - due[1]).total_seconds() if due[1] else 0.0,
        queue={lane: queue.length(lane) for lane in LANES},
        figures=figures,
        worries=worries,
        delays={
            f"{name}.v{version}": tuple(wait.total_seconds() for wait in waits)
            for (name, version), waits in service.delays.items()
        },
    )


def gauges(status: Status) -> Iterable[Figure]:
    """The same for Prometheus: name, help, labels, value."""
    name = {"service": status.service}
    yield (
        "emarge_event_head",
        "Position of the newest event of this service's log",
        name,
        status.head,
    )
    yield "emarge_events_unpositioned", "Events not read by any feed yet", name, status.unpositioned
    for feed in status.feeds:
        labels = {**name, "feed": feed.source}
        yield "emarge_feed_position", "How far the feed has been read", labels, feed.position
        yield "emarge_feed_silence_seconds", "Since the feed last answered", labels, feed.silence
        yield "emarge_feed_lag_events", "Events of the feed not yet filed", labels, feed.lag
        yield (
            "emarge_feed_stopped",
            "1 when the feed waits for an operator",
            labels,
            bool(feed.alarm),
        )
    for state, count in status.jobs.items():
        yield "emarge_jobs", "Jobs by state", {**name, "state": state}, count
    for kind in status.failing:
        yield (
            "emarge_jobs_failing",
            "Jobs that failed and will be tried again",
            {**name, "type": kind.type},
            kind.jobs,
        )
    yield "emarge_oldest_due_seconds", "Age of the oldest job that is due", name, status.oldest_due
    for lane, length in status.queue.items():
        yield "emarge_queue_length", "Hints in the broker", {**name, "lane": lane}, length
    for figure, count in status.figures.items():
        yield f"emarge_{figure}", "Counted in the service's database", name, count
