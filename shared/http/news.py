"""Readers of a feed who wait for news. None of them holds a thread or a connection of the database.

One thread a process looks for them all, while there is anybody: at the nudge, and every second
anyway, for a nudge may be lost and Redis be away.
"""

import asyncio
import contextlib
import threading

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.base.clock import monotonic
from shared.base.database import Database, reason
from shared.bus import eventlog
from shared.bus.nudge import Bell

INTERVAL = 1.0  # seconds between looks without a nudge
LINGER = 5.0  # seconds that the thread goes on without anybody: who has read comes back
NEVER = threading.Event()

log = structlog.get_logger()


class News:
    """The end of one log, as last seen, and who waits for it to move."""

    def __init__(self, database: Database, redis_url: str, source: str) -> None:
        self._database = database
        self._redis_url = redis_url
        self._source = source
        self._seen = ("", 0)
        self._changed = asyncio.Event()
        self._waiting = 0
        self._left = monotonic()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._ended = False

    def end(self) -> None:
        """This process stops: who waits is answered now."""
        self._ended = True
        self._changed.set()

    async def wait(self, epoch: str, after: int, seconds: float, most: int) -> bool:
        """Until there is something after this position of this log, or it is another log: True.
        False when the time is over, the process stops, or as many as `most` wait already."""
        if self._waiting >= most:
            return False
        until = monotonic() + seconds
        self._waiting += 1
        self._look()
        try:
            while not self._ended and not self._is_news(epoch, after):
                try:
                    await asyncio.wait_for(self._changed.wait(), until - monotonic())
                except TimeoutError:
                    return False
        finally:
            self._waiting -= 1
            self._left = monotonic()
        return not self._ended

    def _is_news(self, epoch: str, after: int) -> bool:
        seen, head = self._seen
        return bool(seen) and (seen != epoch or head > after)

    def _look(self) -> None:
        self._loop = asyncio.get_running_loop()
        with self._starting:
            if self._thread is None:
                self._seen = ("", 0)  # it may have moved since anybody looked
                self._thread = threading.Thread(target=self._run, name="news", daemon=True)
                self._thread.start()

    def _is_needed(self) -> bool:
        with self._starting:
            idle = not self._waiting and monotonic() - self._left > LINGER
            if idle or self._ended:
                self._thread = None
            return self._thread is not None

    def _run(self) -> None:
        with Bell(self._redis_url, [self._source]) as bell:
            bell.wait(0, NEVER)  # listening before the first look, or a nudge between is missed
            while self._is_needed():
                try:
                    self._tell(eventlog.settle(self._database))
                except SQLAlchemyError as error:
                    log.warning("database not available", error=reason(error))
                bell.wait(INTERVAL, NEVER)

    def _tell(self, found: tuple[str, int]) -> None:
        if found != self._seen and self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended with its server
                self._loop.call_soon_threadsafe(self._publish, found)

    def _publish(self, found: tuple[str, int]) -> None:
        self._seen = found
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
