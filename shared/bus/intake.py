"""The intake: from other services' feeds into this one's inbox, each event once, in order.

The cursor moves by compare-and-set in the transaction that files the jobs, so two intakes of one
service file nothing twice and skip nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import BigInteger, Connection, Text, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from shared.base.clock import now
from shared.base.database import Database, UtcDateTime, upsert
from shared.base.errors import EpochChanged, FeedGap, FeedStopped, FeedUnreadable
from shared.bus.access import note_ended
from shared.bus.eventlog import PAGE
from shared.bus.feed import Feed, WaitingFeed
from shared.bus.inbox import NO_FLOWS, Flows, Lane, receive
from shared.bus.tables import Base
from shared.bus.versions import newest_of_each
from shared.events import Kind
from shared.events.contracts import ends_access
from shared.watching import tracing

PAGES = 10  # read in one pull, so that work on a long history begins before all of it is filed
QUIET = timedelta(seconds=10)  # how exactly it is known when a feed without news last answered

log = structlog.get_logger()


class FeedCursor(Base):
    """How far one feed has been read. An alarm stops it until someone resumes it."""

    __tablename__ = "feed_cursor"

    source: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[str | None]
    position: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    alarm: Mapped[str | None] = mapped_column(Text)


class Reader:
    """Reads one feed again and again. While there is no news it need not look up its cursor: the
    compare-and-set finds out when somebody else has moved it."""

    def __init__(
        self,
        database: Database,
        source: str,
        feed: Feed,
        lanes: Mapping[Kind, Lane],
        flows: Flows = NO_FLOWS,
    ) -> None:
        self._database = database
        self._source = source
        self._feed = feed
        self._lanes = lanes
        self._flows = flows
        self._known: _Cursor | None = None

    def pull(self, wait: float = 0) -> int:
        """File what is new in the feed, at most PAGES pages; returns how many events were read.
        Waits so many seconds for the first.

        Raises FeedStopped (and stays stopped) on a gap or another epoch, FeedUnreachable when the
        publisher cannot be had now, FeedUnreadable when something else answers in its place.
        """
        total = 0
        for number in range(PAGES):
            # Who waits has the time to look whether somebody has moved the cursor.
            known, self._known = None if wait else self._known, None
            cursor = known or _read_cursor(self._database, self._source)
            if cursor.alarm is not None:
                raise FeedStopped(cursor.alarm)
            page = _parse(self._source, self._page(cursor.position, 0 if number else wait))
            try:
                _check(self._source, cursor, page)
            except FeedStopped as error:
                if known:
                    continue  # somebody may have resumed it meanwhile
                _stop(self._database, self._source, str(error))
                raise
            events = page["events"]
            if not events and cursor.knows(page):
                self._known = cursor
                break
            if not _file(self._database, cursor, page, self._lanes, self._flows):
                break  # another intake of this service was faster
            total += len(events)
            if len(events) < PAGE:
                break
        return total

    def _page(self, after: int, wait: float) -> str:
        if wait and isinstance(self._feed, WaitingFeed):
            return self._feed.news(after, PAGE, wait)
        return self._feed.page(after, PAGE)


def pull(
    database: Database,
    source: str,
    feed: Feed,
    lanes: Mapping[Kind, Lane],
    flows: Flows = NO_FLOWS,
) -> int:
    """`Reader.pull`, once."""
    return Reader(database, source, feed, lanes, flows).pull()


def feeds_read(connection: Connection) -> list[str]:
    """The names of the feeds that have ever answered."""
    return list(connection.execute(select(FeedCursor.source)).scalars())


def resume(connection: Connection, source: str) -> None:
    """After an alarm: accept the publisher's log as it is now and read it from its beginning.

    Events already in the inbox stay as they are, so nothing is done twice.
    """
    connection.execute(
        update(FeedCursor)
        .where(FeedCursor.source == source)
        .values(epoch=None, position=0, head=0, alarm=None)
    )


def rewind(connection: Connection, source: str, position: int) -> None:
    """Read the feed again from after this position, never further than it had been read."""
    connection.execute(
        update(FeedCursor)
        .where(FeedCursor.source == source, FeedCursor.position > position)
        .values(position=position)
    )


@dataclass(frozen=True)
class _Cursor:
    source: str
    epoch: str | None
    position: int
    head: int
    alarm: str | None
    seen_at: datetime | None = None

    def knows(self, page: dict[str, Any]) -> bool:
        """Nothing in an empty page needs to be written down."""
        lately = self.seen_at is not None and now() - self.seen_at < QUIET
        return lately and self.epoch == page["epoch"] and self.head == page["head"]


def _parse(source: str, text: str) -> dict[str, Any]:
    try:
        page: dict[str, Any] = json.loads(text)
        _ = page["epoch"], page["head"]
        for event in page["events"]:
            _ = event["id"], event["type"], event["position"]
    except (ValueError, KeyError, TypeError) as error:
        raise FeedUnreadable(
            f"the feed of {source} answered no page of events: {type(error).__name__}: {error}"
        ) from None
    return page


def _read_cursor(database: Database, source: str) -> _Cursor:
    with database.read() as connection:
        row = connection.execute(_CURSOR, {"name": source}).one_or_none()
    return _Cursor(*row) if row else _Cursor(source, None, 0, 0, None)


def _check(source: str, cursor: _Cursor, page: dict[str, Any]) -> None:
    if cursor.epoch not in (None, page["epoch"]):
        raise EpochChanged(
            f"the log of {source} is another one than before "
            f"(epoch {page['epoch']}, was {cursor.epoch})"
        )
    positions = [event["position"] for event in page["events"]]
    expected = list(range(cursor.position + 1, cursor.position + 1 + len(positions)))
    if positions != expected or page["head"] < cursor.position:
        raise FeedGap(
            f"the feed of {source} does not continue after {cursor.position}: "
            f"got {positions[:3]}…, head {page['head']}"
        )


def _file(
    database: Database,
    cursor: _Cursor,
    page: dict[str, Any],
    lanes: Mapping[Kind, Lane],
    flows: Flows,
) -> bool:
    events = page["events"]
    wanted = newest_of_each(events, lanes)
    with database.begin() as connection:
        if cursor.epoch is None:
            _ensure_cursor(connection, cursor.source)
        moved = connection.execute(
            update(FeedCursor)
            .where(
                FeedCursor.source == cursor.source,
                FeedCursor.position == cursor.position,
                FeedCursor.alarm.is_(None),
            )
            .values(
                epoch=page["epoch"],
                position=cursor.position + len(events),
                head=page["head"],
                seen_at=now(),
            )
        )
        if moved.rowcount != 1:
            return False
        note_ended(connection, [event["data"] for event in events if ends_access(event)])
        with tracing.handling("file", wanted):
            receive(connection, cursor.source, events, lanes, flows)
    for event in wanted:
        log.info("filed", event_id=event["id"], type=event["type"], subject=event.get("subject"))
    return True


def _ensure_cursor(connection: Connection, source: str) -> None:
    connection.execute(
        upsert(connection, FeedCursor).on_conflict_do_nothing(),
        {"source": source, "position": 0, "head": 0},
    )


def _stop(database: Database, source: str, reason: str) -> None:
    with database.begin() as connection:
        _ensure_cursor(connection, source)
        connection.execute(
            update(FeedCursor).where(FeedCursor.source == source).values(alarm=reason)
        )


_CURSOR = select(
    FeedCursor.source,
    FeedCursor.epoch,
    FeedCursor.position,
    FeedCursor.head,
    FeedCursor.alarm,
    FeedCursor.seen_at,
).where(FeedCursor.source == bindparam("name"))
