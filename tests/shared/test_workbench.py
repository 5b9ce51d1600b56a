"""What a worker's child does for one hint: its job, and for a moment what waits behind it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus.dispatch import dispatch
from shared.bus.following import Following
from shared.bus.inbox import Lane
from shared.bus.lease import Lease, claim_waiting
from shared.process import worker
from shared.process.worker import Workbench
from shared.testing import MemoryQueue
from tests.shared.conftest import TOKEN, Inbox
from tests.shared.sample import Does, HeavyThingHappened, ThingHappened, service


@pytest.fixture
def bench(database_url: str) -> Iterator[Workbench]:
    settings = Settings(
        service="sample", database_url=database_url, service_token=(SecretStr(TOKEN),)
    )
    opened = Workbench(service, settings)
    yield opened
    opened.close()


def hinted(inbox: Inbox, name: str, does: Does = "note") -> int:
    """A job whose hint is out."""
    (job_id,) = inbox.file(ThingHappened(name=name, does=does))
    dispatch(inbox.database, MemoryQueue())
    return job_id


def test_it_goes_on_with_what_waits_in_its_lane(
    inbox: Inbox, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SLICE", 3600.0)  # or a busy machine ends it first
    first = hinted(inbox, "hinted")
    inbox.file(*(ThingHappened(name=f"waiting {number}") for number in range(3)))
    inbox.file(HeavyThingHappened(name="heavy"))
    bench.run(first, ThingHappened.type)
    assert inbox.effects() == ["hinted", "waiting 0", "waiting 1", "waiting 2"]
    assert inbox.states() == ["done"] * 4 + ["waiting"]


def test_what_has_a_hint_of_its_own_is_left_to_it(inbox: Inbox, bench: Workbench) -> None:
    first = hinted(inbox, "first")
    hinted(inbox, "second")
    bench.run(first, ThingHappened.type)
    assert inbox.states() == ["done", "queued"]


def test_it_stops_when_its_slice_is_over(
    inbox: Inbox, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SLICE", -1.0)
    first = hinted(inbox, "hinted")
    inbox.file(ThingHappened(name="waiting"))
    bench.run(first, ThingHappened.type)
    assert inbox.states() == ["done", "waiting"]


def test_a_hint_that_comes_twice_is_nothing(inbox: Inbox, bench: Workbench) -> None:
    first = hinted(inbox, "hinted")
    bench.run(first, ThingHappened.type)
    inbox.file(ThingHappened(name="waiting"))
    bench.run(first, ThingHappened.type)
    assert inbox.states() == ["done", "waiting"]


def test_one_that_fails_does_not_end_the_slice(inbox: Inbox, bench: Workbench) -> None:
    first = hinted(inbox, "fails", does="raise")
    inbox.file(ThingHappened(name="waiting"))
    bench.run(first, ThingHappened.type)
    assert inbox.states() == ["waiting", "done"]


def test_where_others_wait_they_are_claimed_with_the_end_of_the_one_before(
    inbox: Inbox, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SLICE", 3600.0)
    asked: list[str] = []

    def counted(database: Database, lane: Lane, length: timedelta) -> Lease | None:
        asked.append(lane)
        return claim_waiting(database, lane, length)

    monkeypatch.setattr(worker, "claim_waiting", counted)
    first = hinted(inbox, "hinted")
    inbox.file(*(ThingHappened(name=f"waiting {number}") for number in range(5)))
    bench.run(first, ThingHappened.type)
    assert inbox.states() == ["done"] * 6
    assert len(asked) == 2  # behind the one with the hint, and where nothing is left


def test_one_alone_does_not_ask_for_more_as_it_ends(
    inbox: Inbox, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Following, "claim", lambda *_: pytest.fail("asked"))
    bench.run(hinted(inbox, "alone"), ThingHappened.type)
    assert inbox.states() == ["done"]
