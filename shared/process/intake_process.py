"""The intake process: pull every feed, hand out what is due, wait for a nudge or a second."""

import signal
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import FrameType

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.base.database import Database, not_migrated, reason
from shared.base.errors import FeedStopped, FeedUnreachable, FeedUnreadable
from shared.bus.delays import NO_DELAYS, Delays
from shared.bus.dispatch import Queue, dispatch
from shared.bus.eventlog import PAGE
from shared.bus.feed import Feed
from shared.bus.inbox import NO_FLOWS, Flows, Lane
from shared.bus.intake import PAGES, Reader
from shared.bus.nudge import Bell
from shared.events import Kind
from shared.process.pulse import Pulse
from shared.watching.metrics import Figure

LAG = "Since everything in the feed was last known to be in the inbox"
INTERVAL = 1.0  # seconds between pulls without a nudge

log = structlog.get_logger()


@dataclass
class IntakeProcess:
    """One service's intake. `turn` is one round; `run` turns until told to stop."""

    database: Database
    feeds: dict[str, Feed]
    lanes: Mapping[Kind, Lane]
    queue: Queue
    flows: Flows = field(default_factory=lambda: NO_FLOWS)
    delays: Delays = field(default_factory=lambda: NO_DELAYS)
    service: str = "NAME"
    pulse: Pulse = field(default_factory=Pulse)
    alarms: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None
    caught_up: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._readers = {
            source: Reader(self.database, source, feed, self.lanes, self.flows)
            for source, feed in self.feeds.items()
        }

    def turn(self) -> int:
        """Pull and hand out once; returns how many events and hints moved."""
        moved = sum(self._pull(source, reader) for source, reader in self._readers.items())
        moved += dispatch(self.database, self.queue, self.delays)
        self.trouble = None
        return moved

    def run(self, bell: Bell, stop: threading.Event) -> None:
        while not stop.is_set():
            self.pulse.beat()
            behind = False
            try:
                behind = self.turn() >= PAGE
            except SQLAlchemyError as error:
                self.trouble = self._said(error)
            self.pulse.beat()
            if not behind:
                bell.wait(INTERVAL, stop)

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
        for source, moment in self.caught_up.items():
            seconds = time.monotonic() - moment
            yield "emarge_feed_lag_seconds", LAG, {"feed": source}, seconds

    def _pull(self, source: str, reader: Reader) -> int:
        self.pulse.beat()
        try:
            moved = reader.pull()
        except FeedStopped as error:
            if self.alarms.get(source) != str(error):
                log.error("feed stopped", feed=source, reason=str(error))
            self.alarms[source] = str(error)
            return 0
        except (FeedUnreachable, FeedUnreadable) as error:
            log.warning("feed not reached", feed=source, error=str(error))
            return 0
        self.alarms.pop(source, None)
        if moved < PAGE * PAGES:
            self.caught_up[source] = time.monotonic()
        return moved


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()

    def set_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, set_stop)
    signal.signal(signal.SIGINT, set_stop)
    return stop
