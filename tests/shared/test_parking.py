"""Parking: jobs of some types put aside, and taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared.base.clock import now
from shared.base.errors import LeaseLost
from shared.bus.inbox import JobRow
from shared.bus.lease import claim_waiting
from shared.bus.parking import due_now, park, parked, unpark
from tests.shared.conftest import Inbox
from tests.shared.sample import HeavyThingHappened, ThingHappened

STATES = ["waiting", "queued", "running", "parked", "done", "dead", "dropped"]
THINGS, HEAVY = [ThingHappened.type], [HeavyThingHappened.type]
LONG_AGO = datetime(2019, 11, 7, 8, tzinfo=UTC)


@pytest.fixture
def jobs(inbox: Inbox) -> list[int]:
    """One of a type in each state, and one of another type that waits."""
    ids = inbox.file(*(ThingHappened(name=state) for state in STATES))
    for number, state in zip(ids, STATES, strict=True):
        inbox.set(number, state=state, next_at=LONG_AGO)
    return ids + inbox.file(HeavyThingHappened(name="another"))


def test_what_waits_is_put_aside_and_nothing_else(inbox: Inbox, jobs: list[int]) -> None:
    with inbox.database.begin() as connection:
        assert park(connection, THINGS) == 2
        assert parked(connection, THINGS) == 3
        assert parked(connection, HEAVY) == 0
    assert inbox.states() == ["parked", "parked", "running", *STATES[3:], "waiting"]
    assert {inbox.job(number).next_at for number in jobs[:-1]} == {LONG_AGO}


def test_what_was_put_aside_is_due_at_once_and_nothing_else(inbox: Inbox, jobs: list[int]) -> None:
    inbox.set(jobs[-1], state="parked")
    before = now()
    with inbox.database.begin() as connection:
        assert unpark(connection, THINGS) == 1
        assert parked(connection, THINGS) == 0
        assert parked(connection, HEAVY) == 1
        assert parked(connection, THINGS + HEAVY) == 1
    assert inbox.states() == [*STATES[:3], "waiting", *STATES[4:], "parked"]
    due = {number: inbox.job(number).next_at for number in jobs[:-1]}
    assert due.pop(jobs[3]) >= before - timedelta(seconds=1)
    assert set(due.values()) == {LONG_AGO}


def test_no_type_is_no_job(inbox: Inbox, jobs: list[int]) -> None:
    with inbox.database.begin() as connection:
        assert park(connection, []) == unpark(connection, []) == parked(connection, []) == 0
        assert connection.execute(JobRow.__table__.select()).all() == inbox.jobs()
    assert len(inbox.jobs()) == len(jobs)


def test_what_is_put_off_waits_untried_and_its_worker_has_it_no_more(inbox: Inbox) -> None:
    (number,) = inbox.file(ThingHappened(name="a"))
    lease = claim_waiting(inbox.database, "main", timedelta(minutes=1))
    assert lease is not None
    tomorrow = now() + timedelta(days=1)
    with inbox.database.begin() as connection:
        lease.put_off(connection, tomorrow)
    job = inbox.job(number)
    assert (job.state, job.tries, job.next_at) == ("waiting", 0, tomorrow)
    with pytest.raises(LeaseLost), inbox.database.begin() as connection:
        lease.complete(connection)


def test_what_was_put_off_is_due_now_and_nothing_else(inbox: Inbox, jobs: list[int]) -> None:
    tomorrow = now() + timedelta(days=1)
    for number in jobs:
        inbox.set(number, next_at=tomorrow)
    with inbox.database.begin() as connection:
        assert due_now(connection, select(JobRow.id).where(JobRow.id.in_(jobs[:-1]))) == 1
    now_due = [number for number in jobs if inbox.job(number).next_at < tomorrow]
    assert now_due == [jobs[0]]
