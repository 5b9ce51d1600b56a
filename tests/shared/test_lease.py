"""The lease: one worker has the job, and a late one changes nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from deploy.local.postgres import PrivatePostgres
from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import LeaseLost
from shared.bus.delays import DELAYS, INNOCENT_DEATHS, MAX_TRIES
from shared.bus.dispatch import dispatch
from shared.bus.inbox import JobRow
from shared.bus.lease import Lease, claim, claim_waiting, expire
from shared.bus.migrations import migrate
from shared.testing import MemoryQueue, eventually
from tests.shared.conftest import Inbox
from tests.shared.sample import HeavyThingHappened, ThingHappened, note
from tests.shared.synced import synced

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(milliseconds=30)


@pytest.fixture
def queued(inbox: Inbox) -> int:
    """A job whose hint is out."""
    (job_id,) = inbox.file(ThingHappened(name="a"))
    dispatch(inbox.database, MemoryQueue())
    return job_id


def take(database: Database, job_id: int, length: timedelta = MINUTE) -> Lease:
    lease = claim(database, job_id, length)
    assert lease is not None
    return lease


def end_lease(inbox: Inbox, job_id: int) -> None:
    """As if the time had passed and the intake had looked."""
    inbox.set(job_id, next_at=inbox.job(job_id).created_at)
    dispatch(inbox.database, MemoryQueue())


class TestClaim:
    def test_only_one_gets_it(self, inbox: Inbox, queued: int) -> None:
        assert claim(inbox.database, queued, MINUTE) is not None
        assert claim(inbox.database, queued, MINUTE) is None

    @pytest.mark.parametrize("state", ["waiting", "running", "done", "dead", "dropped"])
    def test_a_hint_for_a_job_that_is_not_queued_is_nothing(
        self, inbox: Inbox, queued: int, state: str
    ) -> None:
        inbox.set(queued, state=state)
        assert claim(inbox.database, queued, MINUTE) is None
        assert inbox.job(queued).tries == 0

    def test_each_claim_is_a_try(self, inbox: Inbox, queued: int) -> None:
        assert take(inbox.database, queued).tries == 1
        end_lease(inbox, queued)
        assert take(inbox.database, queued).tries == 2


class TestClaimWaiting:
    """What waits for a hint of its own, taken by a worker that is already at it."""

    def test_the_one_that_was_due_first(self, inbox: Inbox) -> None:
        later, first = inbox.file(ThingHappened(name="a"), ThingHappened(name="b"))
        inbox.set(first, next_at=inbox.job(first).created_at - MINUTE)
        leases = [claim_waiting(inbox.database, "main", MINUTE) for _ in range(3)]
        assert [lease and (lease.job_id, lease.tries) for lease in leases] == [
            (first, 1),
            (later, 1),
            None,
        ]

    def test_none_of_the_other_lane(self, inbox: Inbox) -> None:
        inbox.file(HeavyThingHappened(name="a"))
        assert claim_waiting(inbox.database, "main", MINUTE) is None
        assert claim_waiting(inbox.database, "bulk", MINUTE) is not None

    def test_none_that_is_not_due(self, inbox: Inbox) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a"))
        inbox.set(job_id, next_at=now() + MINUTE)
        assert claim_waiting(inbox.database, "main", MINUTE) is None

    @pytest.mark.parametrize("state", ["queued", "running", "done", "dead", "dropped"])
    def test_none_in_another_state(self, inbox: Inbox, queued: int, state: str) -> None:
        inbox.set(queued, state=state, next_at=inbox.job(queued).created_at)
        assert claim_waiting(inbox.database, "main", MINUTE) is None

    def test_two_at_once_take_different_ones(self, postgres_url: str) -> None:
        database = Database.open(postgres_url)
        inbox = Inbox(database)
        ids = inbox.file(ThingHappened(name="a"), ThingHappened(name="b"))
        with database.begin() as other:
            other.execute(select(JobRow.id).where(JobRow.id == ids[0]).with_for_update())
            lease = claim_waiting(database, "main", MINUTE)
            assert lease is not None
            assert lease.job_id == ids[1]
        database.close()


class TestExpiry:
    def test_a_job_whose_lease_has_ended_is_handed_out_again(
        self, inbox: Inbox, queued: int
    ) -> None:
        take(inbox.database, queued, MOMENT)
        queue = MemoryQueue()
        eventually(lambda: dispatch(inbox.database, queue))
        assert [hint.job for hint in queue.lanes["main"]] == [queued]

    def test_a_job_whose_lease_runs_is_left_alone(self, inbox: Inbox, queued: int) -> None:
        take(inbox.database, queued)
        with inbox.database.begin() as connection:
            assert expire(connection) == 0

    def test_the_last_try_that_dies_is_a_dead_letter(self, inbox: Inbox, queued: int) -> None:
        inbox.set(queued, tries=MAX_TRIES - 1)
        take(inbox.database, queued)
        end_lease(inbox, queued)
        assert inbox.job(queued).state == "dead"
        assert "the worker died or hung" in inbox.job(queued).error

    def test_a_job_that_takes_worker_after_worker_waits_longer_and_longer(
        self, inbox: Inbox, queued: int
    ) -> None:
        waits = []
        for tries in range(1, MAX_TRIES):
            inbox.set(queued, state="running", tries=tries, next_at=inbox.job(queued).created_at)
            with inbox.database.begin() as connection:
                expire(connection)
            job = inbox.job(queued)
            waits.append(max(timedelta(), job.next_at - job.created_at))
        assert waits[:INNOCENT_DEATHS] == [timedelta()] * INNOCENT_DEATHS
        for wait, delay in zip(waits[INNOCENT_DEATHS:], DELAYS[INNOCENT_DEATHS:], strict=True):
            assert delay <= wait < delay + MINUTE


class TestFencing:
    """Whoever has lost the lease can no longer write anything."""

    def test_not_after_its_time(self, inbox: Inbox, queued: int) -> None:
        lease = take(inbox.database, queued, MOMENT)
        eventually(lambda: _is_over(lease))
        with pytest.raises(LeaseLost), inbox.database.begin() as connection:
            lease.complete(connection)
        with pytest.raises(LeaseLost):
            lease.fail(ValueError("late"))
        assert inbox.job(queued).state == "running"

    def test_not_while_another_worker_has_the_job(self, inbox: Inbox, queued: int) -> None:
        late = take(inbox.database, queued)
        end_lease(inbox, queued)
        owner = take(inbox.database, queued)
        with pytest.raises(LeaseLost):
            late.mark("dot")
        with pytest.raises(LeaseLost), inbox.database.begin() as connection:
            late.complete(connection)
        with pytest.raises(LeaseLost):
            late.fail(ValueError("late"))
        job = inbox.job(queued)
        assert (job.state, job.tries, job.step, job.error) == (
            "running",
            2,
            None,
            "the worker died or hung: its lease ended before it was done",
        )
        owner.mark("dot")
        assert inbox.job(queued).step == "dot"

    def test_not_when_the_database_forgot_the_claim_and_gave_the_same_try_to_another(
        self, inbox: Inbox, queued: int
    ) -> None:
        forgotten = take(inbox.database, queued)
        inbox.set(queued, state="queued", tries=0)  # as a crash leaves it
        owner = take(inbox.database, queued)
        assert owner.tries == forgotten.tries
        with pytest.raises(LeaseLost):
            forgotten.mark("dot")
        owner.mark("dot")

    def test_the_effect_is_rolled_back_with_the_refused_completion(
        self, inbox: Inbox, queued: int
    ) -> None:
        late = take(inbox.database, queued)
        end_lease(inbox, queued)
        with pytest.raises(LeaseLost):
            _note_and_complete(inbox.database, late)
        assert inbox.effects() == []


class TestMark:
    def test_it_is_there_at_once_and_for_the_next_try(self, inbox: Inbox, queued: int) -> None:
        lease = take(inbox.database, queued)
        lease.mark("dot")
        assert inbox.job(queued).step == "dot"
        end_lease(inbox, queued)
        assert take(inbox.database, queued).step == "dot"

    def test_it_can_be_taken_back(self, inbox: Inbox, queued: int) -> None:
        lease = take(inbox.database, queued)
        lease.mark("dot")
        lease.mark(None)
        assert inbox.job(queued).step is None

    def test_it_waits_for_the_disk_of_a_server_and_the_end_of_a_job_for_any(
        self, inbox: Inbox, queued: int
    ) -> None:
        lease = take(inbox.database, queued)
        with synced(inbox.database) as waits:
            lease.mark("dot")
            assert waits == [inbox.database.has_server]
            with inbox.database.begin() as connection:
                lease.complete(connection)
            assert waits == [inbox.database.has_server, True]

    def test_what_a_crash_may_forget_does_not_wait(self, inbox: Inbox, queued: int) -> None:
        inbox.file(ThingHappened(name="b"))
        with synced(inbox.database) as waits:
            lease = take(inbox.database, queued)
            claim_waiting(inbox.database, "main", MINUTE)
            lease.fail(ValueError("a reason"))
        assert waits == [False] * 3

    def test_a_crash_of_the_server_does_not_take_it_back(self) -> None:
        with PrivatePostgres(durable=True) as server:
            database = Database.open(server.url())
            migrate(database)
            inbox = Inbox(database)
            (job_id,) = inbox.file(ThingHappened(name="a"))
            dispatch(database, MemoryQueue())
            take(database, job_id).mark("dot")
            server.restart(immediate=True)
            assert eventually(lambda: _step(inbox, job_id)) == "dot"
            database.close()


def _step(inbox: Inbox, job_id: int) -> str | None:
    """None also while the server is not back."""
    try:
        step: str | None = inbox.job(job_id).step
    except OperationalError:
        return None
    return step


def _note_and_complete(database: Database, lease: Lease) -> None:
    with database.begin() as connection:
        note(connection, "a", lease)
        lease.complete(connection)


def _is_over(lease: Lease) -> bool:
    try:
        lease.mark("late")
    except LeaseLost:
        return True
    return False
