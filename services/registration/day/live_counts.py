"""Headcounts as they change, for any number of open pages over one Redis subscription a process.

A thread waits for announcements and reads the counts once for all pages. When Redis is away it
looks at the database every second instead.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import redis
import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.registration.base.refusals import Refusal
from services.registration.day.headcounts import CHANNEL, HeadcountBoard, Headcounts
from shared.base.clock import sleep
from shared.watching.tracebacks import told

LOOK_ANYWAY = 5.0  # seconds: an announcement may be lost
WITHOUT_REDIS = 1.0
KEEP_ALIVE = 15.0  # seconds: proxies close what is silent for longer

log = structlog.get_logger()


@dataclass
class _Topic:
    """One conference's counts, and the pages that wait for the next ones."""

    latest: Headcounts
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    readers: int = 0


class LiveCounts:
    def __init__(self, board: HeadcountBoard) -> None:
        self.board = board
        self._topics: dict[str, _Topic] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._ended = False

    def end(self) -> None:
        """This process stops: its pages shall follow another's counts."""
        self._ended = True
        for topic in self._topics.values():
            topic.changed.set()

    async def follow(self, slug: str) -> AsyncIterator[Headcounts | None]:
        """The counts now, and again at each change; None when there is nothing to say but that the
        connection lives. Raises NotFound before the first."""
        first = await asyncio.to_thread(self.board.current, slug)
        topic = self._topics.setdefault(slug, _Topic(first))
        topic.readers += 1
        self._listen()
        try:
            seen = topic.latest if topic.latest.version > first.version else first
            yield seen
            while not self._ended:
                changed = topic.changed
                if topic.latest.body != seen.body:
                    seen = topic.latest
                    yield seen
                    continue
                try:
                    await asyncio.wait_for(changed.wait(), KEEP_ALIVE)
                except TimeoutError:
                    yield None
        finally:
            topic.readers -= 1
            if not topic.readers and self._topics.get(slug) is topic:
                del self._topics[slug]

    def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live counts", daemon=True)
                self._thread.start()

    def _is_needed(self) -> bool:
        """Whether any page is open; when none is, the thread that asked ends."""
        with self._starting:
            if not self._topics:
                self._thread = None
            return bool(self._topics)

    def _run(self) -> None:
        while self._is_needed():
            try:
                self._follow_announcements()
            except redis.RedisError as error:
                log.debug("live counts without Redis", error=str(error))
                self._renew(set(self._topics))
                sleep(WITHOUT_REDIS)  # the rate at which pages are then renewed

    def _follow_announcements(self) -> None:
        with self.board.redis.pubsub(ignore_subscribe_messages=True) as announcements:
            announcements.subscribe(CHANNEL)
            self._renew(set(self._topics))
            while self._topics:
                slugs = set()
                message = announcements.get_message(timeout=LOOK_ANYWAY)
                if message is None:
                    slugs = set(self._topics)
                while message is not None:  # many announcements are answered by one look
                    slugs.add(message["data"])
                    message = announcements.get_message()
                self._renew(slugs & set(self._topics))

    def _renew(self, slugs: set[str]) -> None:
        for slug in slugs:
            try:
                counts = self.board.current(slug)
            except (SQLAlchemyError, Refusal) as error:
                log.warning("live counts not renewed", conference=slug, error=told(error))
                continue
            if self._loop is not None:
                with contextlib.suppress(RuntimeError):  # the loop has ended with its server
                    self._loop.call_soon_threadsafe(self._publish, slug, counts)

    def _publish(self, slug: str, counts: Headcounts) -> None:
        topic = self._topics.get(slug)
        if topic is not None and counts.body != topic.latest.body:
            topic.latest = counts
            topic.changed.set()
            topic.changed = asyncio.Event()
