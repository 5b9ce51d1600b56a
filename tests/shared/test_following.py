"""The next job is claimed in the transaction that completes the one before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import event, update

from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import LeaseLost
from shared.bus.following import Following
from shared.bus.inbox import JOBS
from shared.bus.lease import Lease, claim_waiting
from tests.shared.conftest import Inbox
from tests.shared.sample import HeavyThingHappened, ThingHappened

MINUTE = timedelta(minutes=1)


class Crash(Exception):
    """The transaction does not come to its end."""


def first_of(inbox: Inbox) -> tuple[Lease, Following]:
    lease = claim_waiting(inbox.database, "main", MINUTE)
    assert lease is not None
    following = Following(inbox.database, "main", MINUTE, lambda: True)
    lease.when_completed = following.claim
    return lease, following


def complete(lease: Lease, then: Exception | None = None) -> None:
    with lease.database.begin() as connection:
        lease.complete(connection)
        if then:
            raise then


@contextmanager
def counted(database: Database) -> Iterator[list[bool]]:
    """One for each transaction committed within the block."""
    commits: list[bool] = []

    def count(_connection: object) -> None:
        commits.append(True)

    event.listen(database.engine, "commit", count)
    yield commits
    event.remove(database.engine, "commit", count)


def test_the_next_is_taken_with_the_end_of_the_one_before(inbox: Inbox) -> None:
    one, two, three = inbox.file(*(ThingHappened(name=name) for name in "abc"))
    lease, following = first_of(inbox)
    with counted(inbox.database) as commits:
        complete(lease)
    assert len(commits) == 1
    assert following.lease is not None
    assert (following.lease.job_id, following.lease.tries) == (two, 1)
    assert following.lease.ends_at > now()
    assert [inbox.job(job).state for job in (one, two, three)] == ["done", "running", "waiting"]
    following.lease.mark("dot")  # it is held as any other


def test_what_is_taken_back_with_the_end_of_the_one_before_was_never_taken(inbox: Inbox) -> None:
    one, two = inbox.file(ThingHappened(name="a"), ThingHappened(name="b"))
    lease, following = first_of(inbox)
    with pytest.raises(Crash):
        complete(lease, Crash())
    assert following.lease is None
    assert (inbox.job(one).state, inbox.job(two).state) == ("running", "waiting")
    assert inbox.job(two).tries == 0


def test_whoever_has_lost_the_job_takes_none_after_it(inbox: Inbox) -> None:
    _, two = inbox.file(ThingHappened(name="a"), ThingHappened(name="b"))
    lease, following = first_of(inbox)
    inbox.set(lease.job_id, tries=2)
    with pytest.raises(LeaseLost):
        complete(lease)
    assert following.lease is None
    assert inbox.job(two).state == "waiting"


def test_none_is_taken_that_is_not_due_not_of_the_lane_or_of_a_flow(inbox: Inbox) -> None:
    inbox.file(ThingHappened(name="a"), HeavyThingHappened(name="heavy"))
    lease, following = first_of(inbox)
    [late] = inbox.file(ThingHappened(name="late"))
    inbox.set(late, next_at=now() + MINUTE)
    [flowing] = inbox.file(ThingHappened(name="flowing"))
    with inbox.database.begin() as connection:
        connection.execute(update(JOBS).where(JOBS.c.id == flowing).values(flow="slow"))
    complete(lease)
    assert following.lease is None
    assert inbox.states() == ["done", "waiting", "waiting", "waiting"]


def test_none_is_taken_that_is_not_wanted(inbox: Inbox) -> None:
    inbox.file(ThingHappened(name="a"), ThingHappened(name="b"))
    lease, _ = first_of(inbox)
    unwanted = Following(inbox.database, "main", MINUTE, lambda: False)
    lease.when_completed = unwanted.claim
    complete(lease)
    assert unwanted.lease is None
    assert inbox.states() == ["done", "waiting"]


def test_none_is_taken_where_another_thread_completes(inbox: Inbox) -> None:
    """As a courier does, that waits beside the worker: nobody would do what it takes."""
    inbox.file(ThingHappened(name="a"), ThingHappened(name="b"))
    lease, following = first_of(inbox)
    beside = Thread(target=complete, args=(lease,))
    beside.start()
    beside.join()
    assert following.lease is None
    assert inbox.states() == ["done", "waiting"]
