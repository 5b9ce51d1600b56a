"""Jobs of one lane take turns by flow: a slow one keeps no other waiting."""

import heapq
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from shared.base.clock import now
from shared.base.database import Database
from shared.bus.delays import DELAYS
from shared.bus.dispatch import WINDOW, dispatch
from shared.bus.inbox import FlowRow, schedule
from shared.bus.lease import Lease, claim, claim_waiting
from shared.bus.turns import next_flow
from shared.testing import MemoryQueue, drain
from tests.shared import sample
from tests.shared.conftest import Inbox
from tests.shared.sample import HeavyThingHappened, Resources, ThingDelivered

MINUTE = timedelta(minutes=1)
SECONDS: Mapping[str | None, float] = {"slow": 10.0, "fast": 0.1}


def deliver(inbox: Inbox, endpoint: str | None, count: int) -> list[int]:
    return inbox.file(
        *(ThingDelivered(name=f"{endpoint} {n}", endpoint=endpoint) for n in range(count))
    )


def endpoint_of(lease: Lease) -> str | None:
    endpoint: str | None = json.loads(lease.envelope)["data"]["endpoint"]
    return endpoint


class Workers:
    """So many workers in a time of their own; each does one job after the other, as hinted."""

    def __init__(self, inbox: Inbox, count: int) -> None:
        self.inbox = inbox
        self.queue = MemoryQueue()
        self.free = [(0.0, number) for number in range(count)]
        self.held: dict[int, Lease] = {}
        self.done: list[tuple[str | None, float]] = []

    def turn(self) -> bool:
        """The worker that is free first takes its next job; False when none is left for it."""
        moment, number = heapq.heappop(self.free)
        self._finish(number, moment)
        lease = self._take()
        if lease is None:
            return False
        self.held[number] = lease
        heapq.heappush(self.free, (moment + SECONDS[endpoint_of(lease)], number))
        return True

    def work(self) -> None:
        while self.free:
            self.turn()

    def when(self, endpoint: str) -> list[float]:
        """When each of its jobs was done."""
        return [moment for done, moment in self.done if done == endpoint]

    def _take(self) -> Lease | None:
        dispatch(self.inbox.database, self.queue)
        while hint := self.queue.take():
            if lease := claim(self.inbox.database, hint.job, MINUTE):
                return lease
        return None

    def _finish(self, number: int, moment: float) -> None:
        if lease := self.held.pop(number, None):
            with self.inbox.database.begin() as connection:
                lease.complete(connection)
            self.done.append((endpoint_of(lease), moment))


class TestFairness:
    def test_a_slow_flow_does_not_keep_another_waiting(self, inbox: Inbox) -> None:
        deliver(inbox, "slow", WINDOW["bulk"] + 20)  # all hints are its
        workers = Workers(inbox, 2)
        assert workers.turn()
        assert workers.turn()
        deliver(inbox, "fast", 8)
        workers.work()
        assert len(workers.when("slow")) == WINDOW["bulk"] + 20
        assert len(workers.when("fast")) == 8
        assert max(workers.when("fast")) < SECONDS["slow"] + 8 * SECONDS["fast"] + 0.01

    def test_nor_where_both_have_their_hints(self, inbox: Inbox) -> None:
        deliver(inbox, "slow", 30)
        deliver(inbox, "fast", 8)
        workers = Workers(inbox, 2)
        workers.work()
        assert max(workers.when("fast")) < 8 * SECONDS["fast"] + 0.01
        assert len(workers.done) == 38

    def test_a_single_worker_does_one_of_each(self, inbox: Inbox) -> None:
        deliver(inbox, "slow", 6)
        deliver(inbox, "fast", 3)
        workers = Workers(inbox, 1)
        workers.work()
        assert (
            sorted(str(endpoint) for endpoint, _ in workers.done[:6]) == ["fast"] * 3 + ["slow"] * 3
        )
        assert len(workers.done) == 9

    def test_a_flow_that_is_alone_has_every_worker(self, inbox: Inbox) -> None:
        deliver(inbox, "slow", 4)
        workers = Workers(inbox, 4)
        workers.work()
        assert workers.when("slow") == [SECONDS["slow"]] * 4

    def test_what_waits_is_taken_in_turns_too(self, inbox: Inbox) -> None:
        deliver(inbox, "slow", 3)
        deliver(inbox, "fast", 3)
        taken = [claim_waiting(inbox.database, "bulk", MINUTE) for _ in range(7)]
        endpoints = [endpoint_of(lease) for lease in taken[:6] if lease]
        assert {*endpoints[:2]} == {*endpoints[2:4]} == {*endpoints[4:]} == {"slow", "fast"}
        assert taken[6] is None

    def test_what_is_not_due_has_no_turn(self, inbox: Inbox) -> None:
        deliver(inbox, "slow", 2)
        (later,) = deliver(inbox, "fast", 1)
        inbox.set(later, next_at=now() + MINUTE)
        for _ in range(2):
            lease = claim_waiting(inbox.database, "bulk", MINUTE)
            assert lease
            assert endpoint_of(lease) == "slow"
        assert claim_waiting(inbox.database, "bulk", MINUTE) is None


class TestHints:
    def test_a_turn_that_another_uses_comes_back(self, inbox: Inbox) -> None:
        """The job whose hint it was waits for another; its place in the window is free."""
        slow = deliver(inbox, "slow", 2)
        queue = MemoryQueue()
        dispatch(inbox.database, queue)
        assert claim(inbox.database, slow[0], MINUTE)
        deliver(inbox, "fast", 1)
        lease = claim(inbox.database, slow[1], MINUTE)
        assert lease
        assert endpoint_of(lease) == "fast"
        assert inbox.job(slow[1]).state == "waiting"
        assert inbox.job(slow[1]).tries == 0
        assert dispatch(inbox.database, queue) == 1

    def test_one_that_comes_twice_is_nothing(self, inbox: Inbox) -> None:
        (job_id, _) = deliver(inbox, "slow", 2)
        dispatch(inbox.database, MemoryQueue())
        lease = claim(inbox.database, job_id, MINUTE)
        assert lease
        assert lease.job_id == job_id
        assert claim(inbox.database, job_id, MINUTE) is None

    def test_everything_is_done_once(self, inbox: Inbox, resources: Resources) -> None:
        for endpoint, count in (("a", 20), ("b", 3), (None, 5), ("c", 9)):
            deliver(inbox, endpoint, count)
        drain(sample.service, inbox.database, resources)
        assert len(inbox.effects()) == len(set(inbox.effects())) == 37

    def test_a_failure_costs_its_flow_a_turn_and_its_delay(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        inbox.file(*(ThingDelivered(name="x", endpoint="down", does="raise") for _ in range(2)))
        deliver(inbox, "up", 2)
        drain(sample.service, inbox.database, resources)
        assert inbox.effects() == ["up 0", "up 1"]
        down = inbox.jobs()[0]
        assert down.state == "waiting"
        assert down.next_at - down.failing_since == pytest.approx(DELAYS[0], abs=MINUTE)


class TestWithoutFlow:
    def test_they_stay_in_line(self, inbox: Inbox) -> None:
        first = inbox.file(*(HeavyThingHappened(name=str(number)) for number in range(3)))
        taken = [claim_waiting(inbox.database, "bulk", MINUTE) for _ in range(3)]
        assert [lease.job_id for lease in taken if lease] == first
        assert flows(inbox.database) == []

    def test_an_event_that_cannot_be_placed_has_none(self) -> None:
        with capture_logs() as lines:
            placed = sample.service.flows["thing.delivered", 1]({"type": "thing.delivered"})
        assert placed is None
        assert [line["event"] for line in lines] == ["no flow"]

    def test_a_timer_may_have_one(self, inbox: Inbox) -> None:
        moment = now()
        due = ThingDelivered(name="a", endpoint="x")
        with inbox.database.begin() as connection:
            schedule(connection, due, key="a", at=moment, flow="first")
            schedule(connection, due, key="a", at=moment, flow="second")
        assert [job.flow for job in inbox.jobs()] == ["second"]
        assert flows(inbox.database) == ["first", "second"]


class TestTwoAtOnce:
    """On PostgreSQL nobody waits for another who is just claiming."""

    @pytest.fixture
    def inbox(self, postgres_url: str) -> Iterator[Inbox]:
        database = Database.open(f"{postgres_url}?options=-c%20lock_timeout%3D5s")
        yield Inbox(database)
        database.close()

    def test_they_take_different_flows(self, inbox: Inbox) -> None:
        deliver(inbox, "a", 2)
        deliver(inbox, "b", 2)
        with inbox.database.begin() as first:
            assert next_flow(first, "bulk") == "a"
            lease = claim_waiting(inbox.database, "bulk", MINUTE)
            assert lease
            assert endpoint_of(lease) == "b"

    def test_they_share_the_only_one(self, inbox: Inbox) -> None:
        deliver(inbox, "a", 2)
        with inbox.database.begin() as first:
            assert next_flow(first, "bulk") == "a"
            assert claim_waiting(inbox.database, "bulk", MINUTE)

    def test_who_takes_the_job_of_the_others_hint_does_not_wait_for_it(self, inbox: Inbox) -> None:
        """Each would wait for what the other has in hand."""
        inbox.file(*(ThingDelivered(name="x", endpoint=name) for name in "ab" * 100))
        queue = MemoryQueue()
        while inbox.states().count("running") < 200:
            dispatch(inbox.database, queue)
            hints = iter([hint.job for hint in queue.lanes["bulk"]])
            queue.forget()
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda hint: claim(inbox.database, hint, MINUTE), hints))
        assert {job.tries for job in inbox.jobs()} == {1}


def flows(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(FlowRow.name).order_by(FlowRow.name)).scalars())
