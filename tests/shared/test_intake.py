"""The intake: every event once into the inbox, in order; stopped where it would have to guess."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shared.base.database import Database
from shared.base.errors import EpochChanged, FeedGap, FeedStopped, FeedUnreachable, FeedUnreadable
from shared.bus import eventlog
from shared.bus.eventlog import PAGE, EventLog
from shared.bus.feed import Feed, LogFeed
from shared.bus.inbox import receive
from shared.bus.intake import PAGES, FeedCursor, pull, resume, rewind
from shared.process.intake_process import IntakeProcess
from shared.testing import MemoryQueue
from tests.shared import sample
from tests.shared.conftest import Inbox, turn
from tests.shared.sample import ThingForgotten, ThingHappened

LANES = sample.service.lanes
log = EventLog("registration")


class EditedFeed:
    """A publisher's feed whose pages are changed on the way."""

    def __init__(self, database: Database, edit: Callable[[dict[str, Any]], object]) -> None:
        self._feed = LogFeed(database)
        self._edit = edit

    def page(self, after: int, limit: int) -> str:
        page = json.loads(self._feed.page(after, limit))
        self._edit(page)
        return json.dumps(page)


class Answering:
    def __init__(self, text: str) -> None:
        self._text = text

    def page(self, after: int, limit: int) -> str:  # noqa: ARG002  the interface
        return self._text


def append(publisher: Database, *names: str) -> None:
    with publisher.begin() as connection:
        for name in names:
            log.append(connection, ThingHappened(name=name))


def received(inbox: Inbox) -> list[str]:
    return [json.loads(job.envelope)["data"]["name"] for job in inbox.jobs()]


def cursor(inbox: Inbox) -> Any:
    with inbox.database.read() as connection:
        return connection.execute(select(*FeedCursor.__table__.columns)).one()


class TestPull:
    def test_each_event_is_filed_once_in_order(self, inbox: Inbox, publisher: Database) -> None:
        append(publisher, "a", "b")
        assert pull(inbox.database, "registration", LogFeed(publisher), LANES) == 2
        append(publisher, "c")
        assert pull(inbox.database, "registration", LogFeed(publisher), LANES) == 1
        assert pull(inbox.database, "registration", LogFeed(publisher), LANES) == 0
        assert received(inbox) == ["a", "b", "c"]
        assert [job.position for job in inbox.jobs()] == [1, 2, 3]

    def test_a_type_that_nobody_handles_is_passed_over(
        self, inbox: Inbox, publisher: Database
    ) -> None:
        with publisher.begin() as connection:
            log.append(connection, ThingForgotten(name="a"))
        append(publisher, "b")
        assert pull(inbox.database, "registration", LogFeed(publisher), LANES) == 2
        assert received(inbox) == ["b"]
        assert cursor(inbox).position == 2

    def test_fields_that_nobody_knows_are_passed_over(
        self, inbox: Inbox, publisher: Database, resources: sample.Resources
    ) -> None:
        append(publisher, "a")

        def add_fields(page: dict[str, Any]) -> None:
            page["events"][0] |= {"traceparent": "00-1", "data": {"name": "a", "colour": "red"}}

        pull(inbox.database, "registration", EditedFeed(publisher, add_fields), LANES)
        intake = IntakeProcess(inbox.database, {}, LANES, MemoryQueue(), service="sample")
        turn(intake)
        sample.service.run(inbox.jobs()[0].id, inbox.database, resources, timedelta(minutes=1))
        assert inbox.effects() == ["a"]

    def test_receiving_an_event_again_leaves_its_job_as_it_is(
        self, inbox: Inbox, publisher: Database
    ) -> None:
        append(publisher, "a")
        pull(inbox.database, "registration", LogFeed(publisher), LANES)
        (job,) = inbox.jobs()
        inbox.set(job.id, state="done", tries=1)
        with inbox.database.begin() as connection:
            receive(connection, "registration", [json.loads(job.envelope)], LANES)
        assert inbox.states() == ["done"]

    def test_a_long_history_is_filed_in_portions(self, inbox: Inbox, publisher: Database) -> None:
        append(publisher, *(str(number) for number in range(PAGE * PAGES + 3)))
        assert pull(inbox.database, "registration", LogFeed(publisher), LANES) == PAGE * PAGES
        assert pull(inbox.database, "registration", LogFeed(publisher), LANES) == 3


class TestTwoIntakes:
    def test_the_slower_one_files_nothing(self, inbox: Inbox, publisher: Database) -> None:
        """Both read the same page; the other one files it first."""
        append(publisher, "a", "b")

        class Overtaken:
            def page(self, after: int, limit: int) -> str:
                text = LogFeed(publisher).page(after, limit)
                append(publisher, "c")  # a page that the faster one gets and this one does not
                pull(inbox.database, "registration", LogFeed(publisher), LANES)
                return text

        assert pull(inbox.database, "registration", Overtaken(), LANES) == 0
        assert received(inbox) == ["a", "b", "c"]
        assert cursor(inbox).position == 3

    def test_together_they_file_everything_once(self, inbox: Inbox, publisher: Database) -> None:
        append(publisher, *(str(number) for number in range(PAGE + 100)))
        threads = [
            threading.Thread(
                target=pull, args=(inbox.database, "registration", LogFeed(publisher), LANES)
            )
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        pull(inbox.database, "registration", LogFeed(publisher), LANES)
        assert received(inbox) == [str(number) for number in range(PAGE + 100)]


def lose_the_second(page: dict[str, Any]) -> None:
    del page["events"][1:2]


def lose_the_first(page: dict[str, Any]) -> None:
    del page["events"][:1]


def swap(page: dict[str, Any]) -> None:
    page["events"].reverse()


class TestGap:
    @pytest.mark.parametrize("damage", [lose_the_first, lose_the_second, swap])
    def test_it_stops_the_intake_with_an_alarm(
        self, inbox: Inbox, publisher: Database, damage: Callable[[dict[str, Any]], None]
    ) -> None:
        append(publisher, "a", "b", "c")
        with pytest.raises(FeedGap, match="does not continue after 0"):
            pull(inbox.database, "registration", EditedFeed(publisher, damage), LANES)
        assert received(inbox) == []
        with pytest.raises(FeedStopped, match="does not continue after 0"):  # though it is whole
            pull(inbox.database, "registration", LogFeed(publisher), LANES)
        assert received(inbox) == []

    def test_a_log_shorter_than_what_was_read_stops_it_too(
        self, inbox: Inbox, publisher: Database
    ) -> None:
        append(publisher, "a", "b")
        pull(inbox.database, "registration", LogFeed(publisher), LANES)

        def shorten(page: dict[str, Any]) -> None:
            page["head"] = 1

        with pytest.raises(FeedGap, match="head 1"):
            pull(inbox.database, "registration", EditedFeed(publisher, shorten), LANES)

    def test_the_intake_goes_on_with_other_feeds_and_says_what_is_wrong(
        self, inbox: Inbox, publisher: Database
    ) -> None:
        append(publisher, "a")
        feeds: dict[str, Feed] = {
            "broken": EditedFeed(publisher, lambda page: page["events"].append(page["events"][0])),
            "registration": LogFeed(publisher),
        }
        intake = IntakeProcess(inbox.database, feeds, LANES, MemoryQueue(), service="sample")
        turn(intake)
        assert received(inbox) == ["a"]
        assert "the feed of broken does not continue" in (intake.wrong() or "")


class TestEpoch:
    def test_another_log_stops_the_intake(self, inbox: Inbox, publisher: Database) -> None:
        append(publisher, "a")
        pull(inbox.database, "registration", LogFeed(publisher), LANES)
        with publisher.begin() as connection:
            eventlog.new_epoch(connection)
        append(publisher, "b")
        with pytest.raises(EpochChanged, match="another one than before"):
            pull(inbox.database, "registration", LogFeed(publisher), LANES)
        assert received(inbox) == ["a"]
        assert "another one than before" in cursor(inbox).alarm

    def test_resuming_does_what_is_new_and_nothing_twice(
        self, inbox: Inbox, publisher: Database
    ) -> None:
        append(publisher, "a")
        pull(inbox.database, "registration", LogFeed(publisher), LANES)
        inbox.set(inbox.jobs()[0].id, state="done")
        with publisher.begin() as connection:
            eventlog.new_epoch(connection)
        append(publisher, "b")
        with pytest.raises(EpochChanged):
            pull(inbox.database, "registration", LogFeed(publisher), LANES)

        with inbox.database.begin() as connection:
            resume(connection, "registration")
        pull(inbox.database, "registration", LogFeed(publisher), LANES)
        assert received(inbox) == ["a", "b"]
        assert inbox.states() == ["done", "waiting"]
        assert cursor(inbox).alarm is None


class TestRewind:
    def test_the_feed_is_read_again_and_known_events_are_left_alone(
        self, inbox: Inbox, publisher: Database
    ) -> None:
        append(publisher, "a", "b", "c")
        pull(inbox.database, "registration", LogFeed(publisher), {})
        with inbox.database.begin() as connection:
            rewind(connection, "registration", 1)
        pull(inbox.database, "registration", LogFeed(publisher), LANES)  # with a new subscription
        assert received(inbox) == ["b", "c"]

    def test_it_never_goes_forward(self, inbox: Inbox, publisher: Database) -> None:
        append(publisher, "a")
        pull(inbox.database, "registration", LogFeed(publisher), LANES)
        with inbox.database.begin() as connection:
            rewind(connection, "registration", 100)
        assert cursor(inbox).position == 1


class TestTrouble:
    @pytest.mark.parametrize(
        "text", ["<html>502</html>", "[]", '{"epoch": "e", "head": 1, "events": [{"id": "x"}]}']
    )
    def test_what_is_no_page_is_refused_and_stops_nothing(
        self, inbox: Inbox, publisher: Database, text: str
    ) -> None:
        with pytest.raises(FeedUnreadable, match="no page of events"):
            pull(inbox.database, "registration", Answering(text), LANES)
        append(publisher, "a")
        assert pull(inbox.database, "registration", LogFeed(publisher), LANES) == 1

    def test_a_publisher_that_is_down_keeps_no_job_from_its_worker(self, inbox: Inbox) -> None:
        class Down:
            def page(self, after: int, limit: int) -> str:
                raise FeedUnreachable(f"refused ({after}, {limit})")

        inbox.file(ThingHappened(name="a"))
        queue = MemoryQueue()
        turn(
            IntakeProcess(inbox.database, {"registration": Down()}, LANES, queue, service="sample")
        )
        assert queue.length("main") == 1

    def test_how_late_it_is_can_be_read_while_a_feed_is_caught_up_with(self, inbox: Inbox) -> None:
        intake = IntakeProcess(inbox.database, {}, LANES, MemoryQueue(), service="sample")
        intake.caught_up["registration"] = 0.0
        for _ in intake.lag():  # metrics are scraped in a thread of their own
            intake.caught_up["certificates"] = 0.0
        assert len(list(intake.lag())) == 2
