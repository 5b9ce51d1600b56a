"""The intake process: pull every feed, hand out what is due.

A feed that can be asked to wait for news has a thread of its own, which does: between news it costs
next to nothing. The others are asked at each nudge and every second, as what is due is looked for.
"""

import signal
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.base.clock import monotonic
from shared.base.database import Database, not_migrated, reason
from shared.base.errors import FeedStopped, FeedUnreachable, FeedUnreadable
from shared.bus.delays import NO_DELAYS, Delays
from shared.bus.dispatch import Queue, dispatch
from shared.bus.eventlog import PAGE
from shared.bus.feed import Feed, WaitingFeed
from shared.bus.inbox import NO_FLOWS, Flows, Lane
from shared.bus.intake import PAGES, Reader
from shared.bus.nudge import Bell
from shared.events import Kind
from shared.process.pulse import Pulse
from shared.watching.metrics import Figure

LAG = "Since everything in the feed was last known to be in the inbox"
INTERVAL = 1.0  # seconds between pulls without a nudge
WAIT = 5.0  # seconds for which a feed is asked to wait for news

log = structlog.get_logger()


@dataclass
class IntakeProcess:
    """One service's intake: each feed that waits for news has a thread, the others have turns."""

    database: Database
    feeds: dict[str, Feed]
    lanes: Mapping[Kind, Lane]
    queue: Queue
    flows: Flows = field(default_factory=lambda: NO_FLOWS)
    delays: Delays = field(default_factory=lambda: NO_DELAYS)
    service: str = field(kw_only=True)
    pulse: Pulse = field(default_factory=Pulse)
    alarms: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None
    caught_up: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._readers = {
            source: Reader(self.database, source, feed, self.lanes, self.flows)
            for source, feed in self.feeds.items()
        }
        self._dispatching = threading.Lock()  # of hints, each is sent once

    def run(self, bell: Bell, stop: threading.Event) -> None:
        """Turn until told to stop."""
        followed = [name for name, feed in self.feeds.items() if isinstance(feed, WaitingFeed)]
        for source in followed:
            follow = threading.Thread(
                target=self._follow, args=(source, stop), name=f"feed {source}", daemon=True
            )
            follow.start()
        others = [name for name in self.feeds if name not in followed]
        while not stop.is_set():
            self.pulse.beat()
            behind = self._guarded(lambda: self._turn(others)) >= PAGE
            self.pulse.beat()
            if not behind:
                bell.wait(INTERVAL, stop)

    def _follow(self, source: str, stop: threading.Event) -> None:
        """Pull one feed, which waits for news, and hand out what came, until told to stop."""
        while not stop.is_set():
            began = monotonic()
            moved = self._guarded(lambda: self._pull(source, WAIT))
            if moved:
                self._guarded(self._dispatch)
            elif monotonic() - began < INTERVAL:
                stop.wait(INTERVAL)  # it is away, stopped, or knows of no waiting
        self.pulse.end(source)

    def _guarded(self, step: Callable[[], int]) -> int:
        """What it moved; nothing while the database is away."""
        try:
            return step()
        except SQLAlchemyError as error:
            self.trouble = self._said(error)
            return 0

    def _turn(self, sources: Sequence[str]) -> int:
        moved = sum(self._pull(source) for source in sources) + self._dispatch()
        self.trouble = None
        return moved

    def _dispatch(self) -> int:
        with self._dispatching:
            return dispatch(self.database, self.queue, self.delays)

    def _said(self, error: SQLAlchemyError) -> str:
        if refused := not_migrated(self.service, error):
            log.error("not migrated", reason=str(refused))
            return str(refused)
        log.warning("database not available", error=reason(error))
        return "the database does not answer"

    def wrong(self) -> str | None:
        """What keeps this process from its work, if anything. It is no use to start it anew: the
        database comes back by itself, and a stopped feed waits for an operator."""
        return self.trouble or "; ".join(self.alarms.values()) or None

    def lag(self) -> Iterable[Figure]:
        """For metrics: since when something may wait in a feed that is not filed here."""
        for source, moment in list(self.caught_up.items()):  # threads put new ones in
            seconds = monotonic() - moment
            yield "emarge_feed_lag_seconds", LAG, {"feed": source}, seconds

    def _pull(self, source: str, wait: float = 0) -> int:
        beat = partial(self.pulse.beat, source if wait else "")
        beat()
        try:
            moved = self._readers[source].pull(wait)
        except FeedStopped as error:
            if self.alarms.get(source) != str(error):
                log.error("feed stopped", feed=source, reason=str(error))
            self.alarms[source] = str(error)
            return 0
        except (FeedUnreachable, FeedUnreadable) as error:
            log.warning("feed not reached", feed=source, error=str(error))
            return 0
        finally:
            beat()
        self.alarms.pop(source, None)
        if moved < PAGE * PAGES:
            self.caught_up[source] = monotonic()
        return moved


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()

    def set_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, set_stop)
    signal.signal(signal.SIGINT, set_stop)
    return stop
