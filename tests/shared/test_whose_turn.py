"""Whose turn it is: the flow with the fewest jobs in flight; of those, the one that was served
longest ago."""

from datetime import timedelta
from uuid import uuid4

import pytest

from shared.base import clock
from shared.base.clock import now
from shared.bus.inbox import Lane, schedule
from shared.bus.turns import next_flow
from tests.shared.conftest import Inbox
from tests.shared.sample import ThingDelivered

MINUTE = timedelta(minutes=1)


def file(inbox: Inbox, lane: Lane, *names: str) -> None:
    moment = now()
    with inbox.database.begin() as connection:
        for name in names:
            thing = ThingDelivered(name="x", endpoint=name)
            schedule(connection, thing, key=str(uuid4()), at=moment, lane=lane, flow=name)


def turns(inbox: Inbox, lane: Lane, count: int) -> list[str | None]:
    """So many turns, in which nothing is begun."""
    taken = []
    for _ in range(count):
        with inbox.database.begin() as connection:
            taken.append(next_flow(connection, lane))
    return taken


def test_each_in_turn(inbox: Inbox) -> None:
    file(inbox, "bulk", *"cabaa")
    assert turns(inbox, "bulk", 7) == [*"abcabca"]


def test_one_that_is_new_comes_first(inbox: Inbox) -> None:
    file(inbox, "bulk", *"ab")
    assert turns(inbox, "bulk", 2) == [*"ab"]
    file(inbox, "bulk", "z")
    assert turns(inbox, "bulk", 2) == [*"za"]


def test_a_turn_in_one_lane_is_none_in_another(inbox: Inbox) -> None:
    file(inbox, "bulk", *"ab")
    assert turns(inbox, "main", 1) == [None]
    file(inbox, "main", *"ab")
    assert turns(inbox, "bulk", 1) == ["a"]
    assert turns(inbox, "main", 1) == ["a"]
    assert turns(inbox, "bulk", 1) == ["b"]


def test_what_is_done_counts_for_nothing(inbox: Inbox) -> None:
    file(inbox, "bulk", *"aaab")
    for job in inbox.jobs()[:2]:
        inbox.set(job.id, state="done")
    assert turns(inbox, "bulk", 1) == ["a"]
    inbox.set(inbox.jobs()[2].id, state="done")
    assert turns(inbox, "bulk", 2) == ["b", "b"]


@pytest.mark.parametrize("state", ["waiting", "queued"])
def test_one_with_a_job_in_hand_comes_later(inbox: Inbox, state: str) -> None:
    file(inbox, "bulk", *"aabb")
    running, rest, *others = inbox.jobs()
    inbox.set(running.id, state="running")
    for job in (rest, *others):
        inbox.set(job.id, state=state)
    assert turns(inbox, "bulk", 2) == ["b", "b"]
    inbox.set(others[0].id, state="running")
    assert turns(inbox, "bulk", 1) == ["a"]


def test_due_at_this_very_moment_is_due(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    file(inbox, "bulk", "a")
    due = inbox.jobs()[0].next_at
    monkeypatch.setattr(clock, "epoch_seconds", (due - MINUTE).timestamp)
    assert turns(inbox, "bulk", 1) == [None]
    monkeypatch.setattr(clock, "epoch_seconds", due.timestamp)
    assert turns(inbox, "bulk", 1) == ["a"]
