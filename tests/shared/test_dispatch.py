"""Hints: a bounded window of them, sent again when lost, and never more than that."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.event import listen

from deploy.local.redis import PrivateRedis
from shared.base import clock
from shared.base.clock import now
from shared.base.database import Database, UtcDateTime
from shared.base.redis_url import connect
from shared.base.settings import Settings
from shared.bus import dispatch as dispatching
from shared.bus.dispatch import WINDOW, Hint, dispatch
from shared.bus.inbox import JobRow
from shared.bus.lease import claim
from shared.process.queue import CeleryQueue, celery_app
from shared.testing import MemoryQueue, eventually
from tests.shared.conftest import TOKEN, Inbox
from tests.shared.sample import HeavyThingHappened, ThingHappened
from tests.shared.synced import synced

MINUTE = timedelta(minutes=1)


def real_queue(url: str) -> CeleryQueue:
    settings = Settings(service="sample", broker_url=url, service_token=TOKEN)
    return CeleryQueue(celery_app(settings), "sample")


def fill(database: Database, count: int) -> None:
    """So many jobs that are due."""
    with database.begin() as connection:
        connection.execute(
            text(
                "WITH RECURSIVE number(n) AS "
                "(SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count) "
                "INSERT INTO job (key, source, type, lane, envelope, state, tries, forced, "
                "next_at, created_at) SELECT CAST(n AS varchar), 'elsewhere', 'thing.happened', "
                "'main', '{}', 'waiting', 0, false, :moment, :moment FROM number"
            ).bindparams(bindparam("moment", type_=UtcDateTime)),
            {"count": count, "moment": now()},
        )


def queued(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(
            select(func.count()).select_from(JobRow).where(JobRow.state == "queued")
        ).scalar_one()


def make_lost(database: Database) -> None:
    """As if the time had passed after which a hint is taken for lost."""
    past = now() - MINUTE
    with database.begin() as connection:
        connection.execute(update(JobRow).where(JobRow.state == "queued").values(next_at=past))


class TestWindow:
    def test_a_hundred_thousand_due_jobs_are_a_window_of_hints(
        self, database: Database, redis_url: str
    ) -> None:
        fill(database, 100_000)
        queue = real_queue(redis_url)
        for _ in range(5):
            dispatch(database, queue)
            make_lost(database)
        with connect(redis_url) as client:
            assert client.llen("sample") == WINDOW["main"]
            assert client.memory_usage("sample") < 500_000
        assert queued(database) == WINDOW["main"]

    def test_it_is_filled_up_as_jobs_are_taken(self, database: Database) -> None:
        fill(database, WINDOW["main"] + 30)
        queue = MemoryQueue()
        assert dispatch(database, queue) == WINDOW["main"]
        for _ in range(20):
            hint = queue.take()
            assert hint is not None
            assert claim(database, hint.job, MINUTE)
        assert dispatch(database, queue) == 20
        assert queued(database) == WINDOW["main"]

    def test_a_full_main_lane_leaves_the_bulk_lane_its_own(self, inbox: Inbox) -> None:
        inbox.file(*(HeavyThingHappened(name=str(number)) for number in range(3)))
        fill(inbox.database, WINDOW["main"] + 1)
        queue = MemoryQueue()
        dispatch(inbox.database, queue)
        assert (queue.length("main"), queue.length("bulk")) == (WINDOW["main"], 3)

    def test_what_is_not_due_waits(self, inbox: Inbox) -> None:
        first, second = inbox.file(ThingHappened(name="a"), ThingHappened(name="b"))
        inbox.set(second, next_at=now() + MINUTE)
        queue = MemoryQueue()
        dispatch(inbox.database, queue)
        assert queue.lanes["main"] == [Hint(first, "thing.happened")]


def test_a_moment_with_nothing_due_is_one_read(inbox: Inbox) -> None:
    """There are many: it is asked at every nudge, and every second."""
    states = ["waiting", "queued", "running", "parked", "done", "dead", "dropped"]
    ids = inbox.file(*(ThingHappened(name=state) for state in [*states, "elsewhere"]))
    later = inbox.job(ids[0]).next_at + MINUTE
    for job_id, state in zip(ids, states, strict=False):
        inbox.set(job_id, state=state)
    for job_id in ids[:3]:
        inbox.set(job_id, next_at=later)
    inbox.set(ids[-1], lane="elsewhere")
    asked: list[str] = []
    listen(inbox.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    assert dispatch(inbox.database, MemoryQueue()) == 0
    assert [statement.split()[0] for statement in asked if statement != "BEGIN"] == ["SELECT"]


def test_a_crash_may_forget_what_was_sent(inbox: Inbox) -> None:
    inbox.file(ThingHappened(name="a"), HeavyThingHappened(name="b"))
    with synced(inbox.database) as waits:
        assert dispatch(inbox.database, MemoryQueue()) == 2
    assert waits == [False] * len(waits) != []


class TestLostHints:
    def test_only_as_many_are_sent_again_as_are_missing(self, database: Database) -> None:
        fill(database, 10)
        queue = MemoryQueue()
        dispatch(database, queue)
        del queue.lanes["main"][:3]
        make_lost(database)
        assert dispatch(database, queue) == 3
        assert queue.length("main") == 10

    def test_a_slow_workers_backlog_is_not_sent_again(self, database: Database) -> None:
        fill(database, 10)
        queue = MemoryQueue()
        dispatch(database, queue)
        make_lost(database)
        assert dispatch(database, queue) == 0
        assert queue.length("main") == 10

    def test_a_hint_just_sent_is_not_taken_for_lost(self, database: Database) -> None:
        fill(database, 1)
        queue = MemoryQueue()
        dispatch(database, queue)
        queue.forget()
        assert dispatch(database, queue) == 0

    def test_it_is_after_two_seconds(self, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
        moment = datetime(2019, 11, 7, 12, tzinfo=UTC)
        monkeypatch.setattr(clock, "epoch_seconds", lambda: moment.timestamp())
        (job_id,) = inbox.file(ThingHappened(name="a"))
        queue = MemoryQueue()
        assert dispatch(inbox.database, queue) == 1
        moment += timedelta(seconds=2)
        assert inbox.job(job_id).next_at == moment
        queue.forget()
        moment -= timedelta(microseconds=1)
        assert dispatch(inbox.database, queue) == 0
        moment += timedelta(microseconds=1)
        assert dispatch(inbox.database, queue) == 1
        assert queue.lanes["main"] == [Hint(job_id, "thing.happened")]

    def test_those_of_the_other_lane_are_not_counted(self, inbox: Inbox) -> None:
        inbox.file(*(HeavyThingHappened(name=str(number)) for number in range(3)))
        inbox.file(ThingHappened(name="a"), ThingHappened(name="b"))
        queue = MemoryQueue()
        assert dispatch(inbox.database, queue) == 5
        queue.lanes["main"].clear()
        make_lost(inbox.database)
        assert dispatch(inbox.database, queue) == 2
        assert {hint.type for hint in queue.lanes["main"]} == {"thing.happened"}

    def test_the_oldest_go_first(self, inbox: Inbox) -> None:
        ids = inbox.file(*(HeavyThingHappened(name=str(n)) for n in range(WINDOW["bulk"] + 2)))
        due = inbox.job(ids[0]).next_at
        inbox.set(ids[-1], next_at=due - MINUTE)
        queue = MemoryQueue()
        assert dispatch(inbox.database, queue) == WINDOW["bulk"]
        sent = [hint.job for hint in queue.lanes["bulk"]]
        assert sent == [*ids[: WINDOW["bulk"] - 1], ids[-1]]

    @pytest.mark.parametrize("state", ["parked", "done", "dead", "dropped"])
    def test_what_is_not_open_has_none(self, inbox: Inbox, state: str) -> None:
        ids = inbox.file(ThingHappened(name="a"), ThingHappened(name="b"))
        inbox.set(ids[0], state=state)
        inbox.set(ids[1], lane="elsewhere")
        queue = MemoryQueue()
        assert dispatch(inbox.database, queue) == 0
        assert inbox.states() == [state, "waiting"]

    def test_after_flushall_all_come_back(
        self, database: Database, redis_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dispatching, "RESEND", timedelta(milliseconds=200))
        fill(database, WINDOW["main"])
        queue = real_queue(redis_url)
        dispatch(database, queue)
        with connect(redis_url) as client:
            client.flushall()
        eventually(lambda: dispatch(database, queue) == WINDOW["main"], every=0.1)
        assert queue.length("main") == WINDOW["main"]


class TestBrokerDown:
    def test_it_is_no_error_and_the_hints_go_out_when_it_is_back(
        self, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dispatching, "RESEND", timedelta(milliseconds=200))
        (job_id,) = inbox.file(ThingHappened(name="a"))
        with PrivateRedis() as redis:
            redis.kill()
            queue = real_queue(redis.url)
            started = time.monotonic()
            dispatch(inbox.database, queue)
            assert queue.length("main") == 0
            assert time.monotonic() - started < 5
            assert inbox.job(job_id).state == "queued"

            redis.start()
            eventually(lambda: dispatch(inbox.database, queue) and queue.length("main") == 1)
        assert inbox.job(job_id).tries == 0


class TestTwoDispatchers:
    def test_on_postgresql_neither_waits_for_the_other(self, postgres_url: str) -> None:
        """The second takes what the first has not locked, at once."""
        database = Database.open(f"{postgres_url}?options=-c%20lock_timeout%3D5s")
        fill(database, WINDOW["main"] + 10)
        with database.begin() as first:
            locked = first.execute(
                select(JobRow.id).order_by(JobRow.id).limit(10).with_for_update()
            )
            ids = set(locked.scalars())
            queue = MemoryQueue()
            assert dispatch(database, queue) == WINDOW["main"]
            assert ids.isdisjoint(hint.job for hint in queue.lanes["main"])
        database.close()
