"""The nudge: rung after a commit, never waited for, and not missed when it is lost."""

import threading
import time

import pytest

from deploy.local.redis import PrivateRedis
from shared.base.database import Database
from shared.base.redis_url import PATIENCE, connect
from shared.bus import eventlog
from shared.bus.eventlog import EventLog
from shared.bus.feed import Feed, LogFeed
from shared.bus.nudge import Bell, Nudge, channel
from shared.process.intake_process import INTERVAL, IntakeProcess
from shared.testing import MemoryQueue, eventually
from tests.shared import sample
from tests.shared.conftest import Inbox
from tests.shared.sample import ThingHappened

NEVER = threading.Event()


def append(database: Database, log: EventLog) -> float:
    """Seconds that the transaction took."""
    started = time.monotonic()
    with database.begin() as connection:
        log.append(connection, ThingHappened(name="a"))
    return time.monotonic() - started


class TestNudge:
    def test_it_rings_the_bell(self, redis_url: str) -> None:
        nudge = Nudge(redis_url, "registration")
        with Bell(redis_url, ["registration"]) as bell:
            bell.wait(0.2, NEVER)  # subscribed
            started = time.monotonic()
            threading.Timer(0.2, nudge).start()
            bell.wait(20, NEVER)
            assert 0.1 < time.monotonic() - started < 10

    def test_only_for_its_own_feed(self, redis_url: str) -> None:
        with Bell(redis_url, ["registration"]) as bell:
            bell.wait(0.2, NEVER)
            Nudge(redis_url, "certificates")()
            started = time.monotonic()
            bell.wait(0.5, NEVER)
            assert time.monotonic() - started >= 0.4

    def test_calls_that_pile_up_are_sent_as_few(self, redis_url: str) -> None:
        nudge = Nudge(redis_url, "registration")
        with connect(redis_url) as client:
            for _ in range(2000):
                nudge()
            eventually(lambda: client.info("commandstats").get("cmdstat_publish"))
            time.sleep(0.1)  # for those that must not come
            assert client.info("commandstats")["cmdstat_publish"]["calls"] < 1000

    def test_many_threads_start_one(self, redis_url: str) -> None:
        nudge = Nudge(redis_url, "registration")
        before = threading.active_count()
        callers = [threading.Thread(target=nudge) for _ in range(30)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        assert threading.active_count() - before <= 1


class TestRedisDown:
    @pytest.mark.parametrize("state", ["refused", "silent"])
    def test_a_commit_does_not_wait_for_it(self, database: Database, state: str) -> None:
        with PrivateRedis() as redis:
            log = EventLog("registration", nudge=Nudge(redis.url, "registration"))
            redis.kill() if state == "refused" else redis.freeze()
            assert sum(append(database, log) for _ in range(5)) < 2.5 * PATIENCE
            redis.thaw()
        assert len(eventlog.page(database, 0).events) == 5

    def test_the_bell_waits_its_time_and_comes_back_by_itself(self) -> None:
        with PrivateRedis() as redis, Bell(redis.url, ["registration"]) as bell:
            redis.kill()
            started = time.monotonic()
            bell.wait(0.3, NEVER)
            assert 0.3 <= time.monotonic() - started < 5
            redis.start()
            bell.wait(0.1, NEVER)
            with connect(redis.url) as client:
                assert dict(client.pubsub_numsub(channel("registration"))) == {
                    channel("registration"): 1
                }


class TestLostNudge:
    def test_events_are_read_within_the_interval_all_the_same(
        self, inbox: Inbox, publisher: Database, redis_url: str
    ) -> None:
        stop = threading.Event()
        feeds: dict[str, Feed] = {"registration": LogFeed(publisher)}
        intake = IntakeProcess(
            inbox.database, feeds, sample.service.lanes, MemoryQueue(), service="sample"
        )
        with Bell(redis_url, ["registration"]) as bell:
            turning = threading.Thread(target=intake.run, args=(bell, stop))
            turning.start()
            try:
                append(publisher, EventLog("registration"))  # nobody nudges
                eventually(inbox.jobs, timeout=INTERVAL + 20)
            finally:
                stop.set()
                turning.join()
