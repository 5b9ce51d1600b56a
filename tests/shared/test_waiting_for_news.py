"""Whoever waits for news of a feed has it as soon as it is there, and holds nothing meanwhile."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Pool

from shared.base.database import Database
from shared.bus import excerpt
from shared.bus.feed import HttpFeed
from shared.bus.nudge import Bell
from shared.http import feed as feeds
from shared.process.intake_process import INTERVAL, IntakeProcess
from shared.testing import MemoryQueue, eventually
from tests.shared import sample
from tests.shared.conftest import TOKEN, Inbox
from tests.shared.publishing import ALL, NOWHERE, OF_DAYS, Publisher, of, publishing
from tests.shared.sample import ThingHappened

THREADS = 40  # that Starlette has for calls which are no coroutines


@pytest.fixture
def publisher(database: Database) -> Iterator[Publisher]:
    with publishing(database) as publisher:
        yield publisher


@pytest.fixture(params=["nudged", "without Redis"])
def redis(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("redis_url") if request.param == "nudged" else NOWHERE
    return url


class TestWaiting:
    def test_it_ends_with_an_event(self, database: Database, redis: str) -> None:
        with publishing(database, redis) as publisher:
            publisher.append(of("a"))
            waiting = publisher.meanwhile(after=1, wait=30)
            eventually(lambda: publisher.waiting == 1)
            assert not waiting.done()
            began = time.monotonic()
            publisher.append(of("b"))
            page = waiting.result(timeout=20).json()
        assert [event["position"] for event in page["events"]] == [2]
        assert time.monotonic() - began < 10

    def test_it_ends_with_its_time(self, publisher: Publisher) -> None:
        began = time.monotonic()
        page = publisher.page(wait=0.4)
        assert time.monotonic() - began >= 0.4
        assert (page["events"], page["read_to"]) == ([], 0)
        assert publisher.ask(wait=31).status_code == 422

    def test_there_is_no_wait_for_what_is_there(self, publisher: Publisher) -> None:
        publisher.append(of("a"))
        began = time.monotonic()
        assert publisher.page(wait=30)["events"]
        assert time.monotonic() - began < 10

    def test_for_what_is_theirs_the_others_are_passed_over(self, publisher: Publisher) -> None:
        waiting = publisher.meanwhile(OF_DAYS, wait=30)
        publisher.append(of("elsewhere"), of("elsewhere"))
        eventually(lambda: publisher.page()["head"] == 2)
        publisher.append(of("b"))
        page = waiting.result(timeout=20).json()
        assert [event["conference"] for event in page["events"]] == ["b"]
        assert (page["after"], page["read_to"]) == (0, 3)

    def test_nobody_who_waits_holds_a_thread_or_a_connection(self, publisher: Publisher) -> None:
        """As many wait as there are threads for all calls: another call is answered."""
        waiting = [publisher.meanwhile(wait=30) for _ in range(THREADS)]
        eventually(lambda: publisher.waiting == THREADS)
        pool: Pool = publisher.database.engine.pool
        eventually(lambda: getattr(pool, "checkedout", lambda: 0)() == 0)
        began = time.monotonic()
        assert publisher.client.get("/readyz").status_code == 200
        assert time.monotonic() - began < 5
        publisher.append(of("a"))
        assert all(each.result(timeout=20).json()["events"] for each in waiting)

    def test_a_process_lets_so_many_wait(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feeds, "MOST_OUTSIDE", 1)
        waiting = publisher.meanwhile(wait=30)
        eventually(lambda: publisher.waiting == 1)
        assert publisher.page(wait=30)["events"] == [], "at once"
        assert not waiting.done()
        publisher.append(of("a"))
        assert waiting.result(timeout=20).json()["events"]

    def test_a_process_that_stops_keeps_nobody_waiting(self, publisher: Publisher) -> None:
        waiting = publisher.meanwhile(wait=30)
        eventually(lambda: publisher.waiting == 1)
        publisher.stop()
        assert waiting.result(timeout=10).json()["events"] == []

    def test_what_was_taken_back_meanwhile_opens_nothing(self, publisher: Publisher) -> None:
        waiting = publisher.meanwhile(wait=30)
        eventually(lambda: publisher.waiting == 1)
        del publisher.known[ALL]
        publisher.append(of("a"))
        assert waiting.result(timeout=20).status_code == 401

    def test_nor_does_it_while_others_events_are_passed_over(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(excerpt, "WINDOW", 4)
        publisher.append(*(of("elsewhere") for _ in range(8)))
        read = excerpt.excerpt

        def taken_back(*asked: Any) -> excerpt.Excerpt:
            publisher.known.pop(OF_DAYS, None)
            return read(*asked)

        monkeypatch.setattr(feeds, "excerpt", taken_back)
        assert publisher.ask(OF_DAYS, wait=1).status_code == 401


def test_an_intake_waits_for_news_instead_of_asking(
    publisher: Publisher, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No nudge: the publisher looks for all who wait."""
    asked: list[str] = []
    feed = HttpFeed(str(publisher.client.base_url), TOKEN)
    get = feed._get  # noqa: SLF001  what it asks

    def counted(query: str, patience: float) -> str:
        asked.append(query)
        return get(query, patience)

    monkeypatch.setattr(feed, "_get", counted)
    queue = MemoryQueue()
    intake = IntakeProcess(
        inbox.database, {"registration": feed}, sample.service.lanes, queue, service="sample"
    )
    stop = threading.Event()
    turning = threading.Thread(target=intake.run, args=(Bell(NOWHERE, []), stop))
    turning.start()
    try:
        time.sleep(3 * INTERVAL)  # in which it would have asked three times
        assert len(asked) <= 2
        publisher.append(ThingHappened(name="a"))
        eventually(inbox.jobs, timeout=20)
        eventually(lambda: queue.length("main") == 1)
    finally:
        stop.set()
        turning.join()
        publisher.stop()
        eventually(
            lambda: not any(each.name == "feed registration" for each in threading.enumerate())
        )
        feed.close()
