"""Companions: more jobs of a type, taken along by whoever has claimed one."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared.base.clock import now
from shared.base.database import Database
from shared.bus.companions import claim_companions, let_go
from shared.bus.dispatch import dispatch
from shared.bus.inbox import JobRow
from shared.bus.lease import Lease
from shared.testing import MemoryQueue
from tests.shared.conftest import Inbox
from tests.shared.sample import HeavyThingHappened, ThingHappened
from tests.shared.synced import synced

MINUTE = timedelta(minutes=1)
HEAVY = HeavyThingHappened.type


def heavy(inbox: Inbox, count: int) -> list[int]:
    return inbox.file(*(HeavyThingHappened(name=str(number)) for number in range(count)))


def along(inbox: Inbox, most: int) -> list[Lease]:
    return claim_companions(inbox.database, HEAVY, most, MINUTE)


def numbers(leases: list[Lease]) -> list[int]:
    return [lease.job_id for lease in leases]


class TestClaimCompanions:
    def test_each_has_a_lease_of_its_own(self, inbox: Inbox) -> None:
        before = now()
        ids = heavy(inbox, 3)
        leases = along(inbox, 10)
        assert numbers(leases) == ids
        assert [inbox.job(number).state for number in ids] == ["running"] * 3
        for lease in leases:
            job = inbox.job(lease.job_id)
            assert (lease.tries, job.tries) == (1, 1)
            assert lease.ends_at == job.next_at
            assert lease.envelope == job.envelope
            assert before + MINUTE <= lease.ends_at < now() + 2 * MINUTE

    def test_at_most_so_many_the_oldest_first(self, inbox: Inbox) -> None:
        first, second, third = heavy(inbox, 3)
        inbox.set(third, next_at=inbox.job(first).next_at - MINUTE)
        assert numbers(along(inbox, 2)) == [first, third]
        assert inbox.job(second).state == "waiting"

    def test_of_the_same_age_the_first_filed(self, inbox: Inbox) -> None:
        ids = heavy(inbox, 3)
        assert numbers(along(inbox, 2)) == ids[:2]

    def test_what_waits_comes_before_what_has_its_hint(self, inbox: Inbox) -> None:
        hinted = heavy(inbox, 3)
        dispatch(inbox.database, MemoryQueue())
        waiting = heavy(inbox, 2)
        assert numbers(along(inbox, 2)) == waiting
        assert numbers(along(inbox, 2)) == hinted[:2]

    def test_hinted_ones_make_up_the_number(self, inbox: Inbox) -> None:
        hinted = heavy(inbox, 3)
        dispatch(inbox.database, MemoryQueue())
        waiting = heavy(inbox, 1)
        leases = along(inbox, 3)
        assert numbers(leases) == [*hinted[:2], *waiting]
        assert inbox.job(hinted[2]).state == "queued"

    def test_one_at_most_is_one(self, inbox: Inbox) -> None:
        heavy(inbox, 2)
        dispatch(inbox.database, MemoryQueue())
        (waiting,) = heavy(inbox, 1)
        assert numbers(along(inbox, 1)) == [waiting]
        assert inbox.states() == ["queued", "queued", "running"]

    def test_none_of_another_type(self, inbox: Inbox) -> None:
        inbox.file(ThingHappened(name="a"))
        assert along(inbox, 10) == []
        dispatch(inbox.database, MemoryQueue())
        assert along(inbox, 10) == []

    def test_none_that_is_not_due(self, inbox: Inbox) -> None:
        (number,) = heavy(inbox, 1)
        inbox.set(number, next_at=now() + MINUTE)
        assert along(inbox, 10) == []

    @pytest.mark.parametrize("state", ["waiting", "queued"])
    def test_one_that_was_tried_is_alone(self, inbox: Inbox, state: str) -> None:
        (number,) = heavy(inbox, 1)
        inbox.set(number, state=state, tries=1)
        assert along(inbox, 10) == []

    @pytest.mark.parametrize("state", ["running", "done", "dead", "dropped", "parked"])
    def test_none_in_another_state(self, inbox: Inbox, state: str) -> None:
        (number,) = heavy(inbox, 1)
        inbox.set(number, state=state)
        assert along(inbox, 10) == []
        assert inbox.job(number).state == state


@pytest.mark.parametrize("hinted", [False, True])
def test_on_postgresql_nobody_waits_for_another_who_claims(postgres_url: str, hinted: bool) -> None:
    database = Database.open(f"{postgres_url}?options=-c%20lock_timeout%3D5s")
    inbox = Inbox(database)
    ids = heavy(inbox, 3)
    if hinted:
        dispatch(database, MemoryQueue())
    with database.begin() as other:
        other.execute(select(JobRow.id).where(JobRow.id == ids[0]).with_for_update())
        assert numbers(along(inbox, 3)) == ids[1:]
    database.close()


def test_a_crash_may_forget_them(inbox: Inbox) -> None:
    """They are tried again, so nobody waits for the disk."""
    heavy(inbox, 2)
    with synced(inbox.database) as waits:
        let_go(inbox.database, along(inbox, 2))
    assert waits == [False, False]


class TestLetGo:
    def test_they_are_back_as_if_untried_and_due_at_once(self, inbox: Inbox) -> None:
        ids = heavy(inbox, 3)
        leases = along(inbox, 3)
        let_go(inbox.database, leases[1:])
        assert [(job.state, job.tries) for job in inbox.jobs()] == [
            ("running", 1),
            ("waiting", 0),
            ("waiting", 0),
        ]
        assert numbers(along(inbox, 3)) == ids[1:]

    @pytest.mark.parametrize(
        "since", [{"state": "done"}, {"tries": 2}, {"next_at": datetime(2019, 11, 7, tzinfo=UTC)}]
    )
    def test_not_one_that_is_another_s_by_now(self, inbox: Inbox, since: dict[str, object]) -> None:
        (number,) = heavy(inbox, 1)
        leases = along(inbox, 1)
        inbox.set(number, **since)
        before = inbox.job(number)
        let_go(inbox.database, leases)
        assert inbox.job(number) == before
