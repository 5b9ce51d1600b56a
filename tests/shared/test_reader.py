"""A reader that goes on: what it knows of its cursor may be out of date."""

from datetime import timedelta

import pytest
from sqlalchemy.event import listen

from shared.base.database import Database
from shared.base.errors import EpochChanged
from shared.bus import eventlog, intake
from shared.bus.feed import LogFeed
from shared.bus.intake import Reader, resume, rewind
from tests.shared.conftest import Inbox
from tests.shared.test_intake import LANES, append, cursor, received


def quiet_reader(inbox: Inbox, publisher: Database) -> Reader:
    """One that has read everything, and has found nothing new since."""
    reader = Reader(inbox.database, "registration", LogFeed(publisher), LANES)
    append(publisher, "a", "b")
    assert [reader.pull(), reader.pull(), reader.pull()] == [2, 0, 0]
    return reader


def test_without_news_it_asks_its_database_nothing(inbox: Inbox, publisher: Database) -> None:
    reader = quiet_reader(inbox, publisher)
    asked: list[str] = []
    listen(inbox.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    reader.pull()
    assert asked == []
    append(publisher, "c")
    assert reader.pull() == 1
    assert asked != []


def test_it_goes_where_somebody_has_rewound_it(inbox: Inbox, publisher: Database) -> None:
    reader = quiet_reader(inbox, publisher)
    with inbox.database.begin() as connection:
        rewind(connection, "registration", 0)
    append(publisher, "c")
    assert [reader.pull(), reader.pull()] == [0, 3]
    assert received(inbox) == ["a", "b", "c"]


def test_it_finds_that_out_without_news_too(
    inbox: Inbox, publisher: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = quiet_reader(inbox, publisher)
    with inbox.database.begin() as connection:
        rewind(connection, "registration", 0)
    monkeypatch.setattr(intake, "QUIET", timedelta(0))
    assert [reader.pull(), reader.pull()] == [0, 2]


def test_what_was_resumed_meanwhile_is_not_stopped_again(inbox: Inbox, publisher: Database) -> None:
    reader = quiet_reader(inbox, publisher)
    with publisher.begin() as connection:
        eventlog.new_epoch(connection)
    with inbox.database.begin() as connection:
        resume(connection, "registration")
    assert reader.pull() == 2
    assert cursor(inbox).alarm is None


def test_another_epoch_stops_it(inbox: Inbox, publisher: Database) -> None:
    reader = quiet_reader(inbox, publisher)
    with publisher.begin() as connection:
        eventlog.new_epoch(connection)
    with pytest.raises(EpochChanged):
        reader.pull()
    assert "another one than before" in cursor(inbox).alarm
