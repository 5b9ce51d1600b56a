"""The cursor: what an intake remembers of each feed, and nothing of another."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from shared.base import clock
from shared.base.database import Database
from shared.base.errors import EpochChanged
from shared.bus import eventlog
from shared.bus.eventlog import PAGE
from shared.bus.feed import LogFeed
from shared.bus.intake import QUIET, FeedCursor, Reader, feeds_read, pull, resume, rewind
from tests.shared.conftest import Inbox, epoch
from tests.shared.test_intake import LANES, append

NOON = datetime(2019, 11, 7, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What time it is, in its only place."""
    moments = [NOON]
    monkeypatch.setattr(clock, "epoch_seconds", lambda: moments[0].timestamp())
    return moments


def cursors(inbox: Inbox) -> dict[str, Any]:
    with inbox.database.read() as connection:
        rows = connection.execute(select(*FeedCursor.__table__.columns))
        return {row.source: tuple(row)[1:] for row in rows}


def read(inbox: Inbox, publisher: Database, *sources: str) -> list[int]:
    return [pull(inbox.database, source, LogFeed(publisher), LANES) for source in sources]


class Counted:
    """A feed, and what it was asked for."""

    def __init__(self, database: Database) -> None:
        self._feed = LogFeed(database)
        self.asked: list[tuple[int, int]] = []

    def page(self, after: int, limit: int) -> str:
        self.asked.append((after, limit))
        return self._feed.page(after, limit)


def test_it_is_where_the_feed_was_read_to_and_when(inbox: Inbox, publisher: Database) -> None:
    append(publisher, "a", "b")
    assert read(inbox, publisher, "registration") == [2]
    assert cursors(inbox) == {"registration": (epoch(publisher), 2, 2, NOON, None)}
    with inbox.database.read() as connection:
        assert feeds_read(connection) == ["registration"]


def test_its_head_is_how_far_the_feed_goes(inbox: Inbox, publisher: Database) -> None:
    append(publisher, *map(str, range(PAGE)))
    first = Counted(publisher)
    page = first.page(0, 3)
    append(publisher, "more")
    assert page.count('"position"') == 3
    assert read(inbox, publisher, "registration") == [PAGE + 1]
    assert cursors(inbox)["registration"][1:3] == (PAGE + 1, PAGE + 1)


def test_a_full_page_may_not_be_the_last_and_a_shorter_one_is(
    inbox: Inbox, publisher: Database
) -> None:
    append(publisher, *map(str, range(PAGE)))
    feed = Counted(publisher)
    reader = Reader(inbox.database, "registration", feed, LANES)
    assert reader.pull() == PAGE
    assert feed.asked == [(0, PAGE), (PAGE, PAGE)]
    append(publisher, "more")
    assert reader.pull() == 1
    assert feed.asked[2:] == [(PAGE, PAGE)]


def test_without_news_it_is_written_now_and_then(
    inbox: Inbox, publisher: Database, moment: list[datetime]
) -> None:
    append(publisher, "a")
    reader = Reader(inbox.database, "registration", LogFeed(publisher), LANES)
    reader.pull()
    for later, seen in (
        (QUIET - timedelta(seconds=1), timedelta()),
        (QUIET, QUIET),
        (QUIET + timedelta(seconds=9), QUIET),
    ):
        moment[0] = NOON + later
        assert reader.pull() == 0
        assert cursors(inbox)["registration"][3] == NOON + seen


def test_a_feed_without_any_event_is_known_too(inbox: Inbox, publisher: Database) -> None:
    assert read(inbox, publisher, "registration") == [0]
    assert cursors(inbox) == {"registration": (epoch(publisher), 0, 0, NOON, None)}


@pytest.fixture
def two(inbox: Inbox, publisher: Database) -> dict[str, Any]:
    """Two feeds that have been read."""
    append(publisher, "a", "b")
    read(inbox, publisher, "registration", "certificates")
    return cursors(inbox)


def test_an_alarm_is_of_one_feed_alone(
    inbox: Inbox, publisher: Database, two: dict[str, Any]
) -> None:
    with publisher.begin() as connection:
        eventlog.new_epoch(connection)
    with pytest.raises(EpochChanged):
        read(inbox, publisher, "registration")
    after = cursors(inbox)
    assert after["certificates"] == two["certificates"]
    *rest, alarm = after["registration"]
    assert (*rest, None) == two["registration"]
    assert f"(epoch {epoch(publisher)}, was {two['registration'][0]})" in alarm


def test_so_is_resuming(inbox: Inbox, two: dict[str, Any]) -> None:
    with inbox.database.begin() as connection:
        connection.execute(update(FeedCursor).values(alarm="stopped"))
        resume(connection, "registration")
    assert cursors(inbox) == {
        "registration": (None, 0, 0, NOON, None),
        "certificates": (*two["certificates"][:-1], "stopped"),
    }


def test_and_rewinding(inbox: Inbox, two: dict[str, Any]) -> None:
    with inbox.database.begin() as connection:
        rewind(connection, "registration", 1)
    read_before, position, *rest = two["registration"]
    assert position == 2
    assert cursors(inbox) == two | {"registration": (read_before, 1, *rest)}


def test_what_is_filed_is_logged(inbox: Inbox, publisher: Database) -> None:
    append(publisher, "a")
    with capture_logs() as lines:
        read(inbox, publisher, "registration")
    (job,) = inbox.jobs()
    assert {"event": "filed", "event_id": job.key, "type": job.type, "subject": None} in [
        {name: value for name, value in line.items() if name != "log_level"} for line in lines
    ]
