"""What each end of a try leaves in its job."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from shared.base import clock
from shared.base.errors import Hopeless, Later, LeaseLost
from shared.bus.delays import DELAYS, MAX_TRIES
from shared.bus.inbox import JobRow
from shared.bus.lease import REDACTED, Lease, claim_waiting, expire
from tests.shared.conftest import Inbox
from tests.shared.sample import ThingHappened
from tests.shared.test_lease import MINUTE, take

NOON = datetime(2019, 11, 7, 12, tzinfo=UTC)
EARLIER = NOON - timedelta(hours=1)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "epoch_seconds", NOON.timestamp)


def taken(inbox: Inbox, **values: object) -> Lease:
    """A job that has failed before, in a worker's hands."""
    (job_id,) = inbox.file(ThingHappened(name="a"))
    inbox.set(job_id, state="queued", error="before", failing_since=EARLIER, **values)
    return take(inbox.database, job_id)


def test_done(inbox: Inbox) -> None:
    lease = taken(inbox, step="dot")
    with inbox.database.begin() as connection:
        lease.complete(connection)
    job = inbox.job(lease.job_id)
    assert (job.state, job.finished_at) == ("done", NOON)
    assert (job.error, job.failing_since, job.step, job.tries) == (None, None, "dot", 1)
    assert lease.completed


def test_put_aside_as_if_it_had_not_been_tried(inbox: Inbox) -> None:
    lease = taken(inbox, tries=3)
    with inbox.database.begin() as connection:
        lease.park(connection)
    job = inbox.job(lease.job_id)
    assert (job.state, job.tries, job.error, job.failing_since) == ("parked", 0, None, None)
    assert not lease.completed


def test_failed_it_waits_and_says_why(inbox: Inbox) -> None:
    lease = taken(inbox, tries=2)
    lease.fail(ValueError("why"))
    job = inbox.job(lease.job_id)
    assert (job.state, job.tries, job.next_at) == ("waiting", 3, NOON + DELAYS[2])
    assert (job.error, job.failing_since) == ("ValueError: why", EARLIER)


def test_its_first_failure_is_remembered(inbox: Inbox) -> None:
    lease = taken(inbox)
    inbox.set(lease.job_id, failing_since=None)
    lease.fail(ValueError("why"))
    assert inbox.job(lease.job_id).failing_since == NOON


def test_not_now_is_later_by_its_own_delay(inbox: Inbox) -> None:
    lease = taken(inbox)
    lease.fail(Later(7 * MINUTE, "not ready"))
    job = inbox.job(lease.job_id)
    assert (job.state, job.next_at, job.error) == ("waiting", NOON + 7 * MINUTE, "not ready")


@pytest.mark.parametrize(
    ("tries", "error"), [(0, Hopeless("why")), (MAX_TRIES - 1, Later(MINUTE, "why"))]
)
def test_given_up(inbox: Inbox, tries: int, error: Exception) -> None:
    lease = taken(inbox, tries=tries)
    lease.fail(error)
    job = inbox.job(lease.job_id)
    assert (job.state, job.next_at, job.error) == ("dead", NOON, "why")


def test_the_last_try_but_one_is_not_the_last(inbox: Inbox) -> None:
    lease = taken(inbox, tries=MAX_TRIES - 2)
    lease.fail(ValueError("why"))
    job = inbox.job(lease.job_id)
    assert (job.state, job.next_at) == ("waiting", NOON + DELAYS[-1])


def test_of_a_long_reason_the_last_lines(inbox: Inbox) -> None:
    lease = taken(inbox)
    lease.fail(ValueError("\n".join(f"line {number}" for number in range(100))))
    lines = inbox.job(lease.job_id).error.splitlines()
    assert lines == [f"line {number}" for number in range(88, 100)]


def test_redacted_meanwhile_it_says_nothing(inbox: Inbox) -> None:
    lease = taken(inbox)
    inbox.set(lease.job_id, envelope="{}")
    lease.fail(ValueError("Ada Lovelace"))
    assert inbox.job(lease.job_id).error == REDACTED
    assert "erased" in REDACTED


@pytest.mark.parametrize("left", [timedelta(), timedelta(microseconds=1)])
def test_at_its_very_end_it_is_over(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, left: timedelta
) -> None:
    lease = taken(inbox)
    assert lease.ends_at == NOON + MINUTE
    monkeypatch.setattr(clock, "epoch_seconds", (lease.ends_at - left).timestamp)
    if left:
        lease.mark("dot")
    else:
        with pytest.raises(LeaseLost, match=f"job {lease.job_id}: the lease of try 1 is over"):
            lease.mark("dot")
    assert inbox.job(lease.job_id).step == ("dot" if left else None)
    with inbox.database.begin() as connection:
        assert expire(connection) == (0 if left else 1)


def test_the_very_moment_is_due(inbox: Inbox) -> None:
    (job_id,) = inbox.file(ThingHappened(name="a"))
    assert inbox.job(job_id).next_at == NOON
    assert claim_waiting(inbox.database, "main", MINUTE)


def test_expired_are_those_that_run_in_a_lane(inbox: Inbox) -> None:
    states = ["waiting", "queued", "parked", "done", "dead", "dropped", "running"]
    ids = inbox.file(*(ThingHappened(name=state) for state in [*states, "running"]))
    for job_id, state in zip(ids, [*states, "running"], strict=True):
        inbox.set(job_id, state=state, tries=1, next_at=EARLIER)
    inbox.set(ids[-2], lane="elsewhere")
    before = inbox.jobs()
    with inbox.database.begin() as connection:
        assert expire(connection) == 1
    assert inbox.jobs()[:-1] == before[:-1]
    job = inbox.job(ids[-1])
    assert (job.state, job.tries, job.next_at) == ("waiting", 1, EARLIER)
    assert job.failing_since == NOON
    with inbox.database.begin() as connection:
        connection.execute(update(JobRow).values(state="running", failing_since=EARLIER))
        assert expire(connection) == 7
    assert {job.failing_since for job in inbox.jobs()} == {EARLIER}
