"""A handler has delays of its own, and its jobs wait by them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from shared.base.clock import now
from shared.base.settings import Settings
from shared.bus.delays import DELAYS, INNOCENT_DEATHS
from shared.bus.dispatch import dispatch
from shared.bus.lease import claim, expire
from shared.events import Event
from shared.process.service import Job, Service
from shared.process.status import read_status
from shared.testing import MemoryQueue, drain
from tests.shared.conftest import Inbox
from tests.shared.sample import HeavyThingHappened, ThingHappened

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WAITS = (MINUTE, MINUTE, HOUR, HOUR, HOUR)


def failing(delays: Iterable[timedelta]) -> Service[None]:
    """The one has delays of its own, the other has everybody's."""
    service: Service[None] = Service("sample", settings=Settings, resources=lambda *_: None)

    def fail(event: Event[Any], _job: Job, _resources: None) -> None:
        raise ValueError(event.data.name)

    service.on(ThingHappened, delays=delays)(fail)
    service.on(HeavyThingHappened)(fail)
    return service


def test_it_waits_by_its_own_and_is_then_a_dead_letter(inbox: Inbox) -> None:
    service = failing(WAITS[:3])
    own, usual = inbox.file(ThingHappened(name="a"), HeavyThingHappened(name="b"))
    for waited in WAITS[:3]:
        drain(service, inbox.database, None)
        job = inbox.job(own)
        assert job.state == "waiting"
        assert abs(job.next_at - now() - waited) < timedelta(seconds=10)
        inbox.make_due()
    drain(service, inbox.database, None)
    assert (inbox.job(own).state, inbox.job(own).tries) == ("dead", 4)
    assert (inbox.job(usual).state, inbox.job(usual).tries) == ("waiting", 4)


def test_without_any_it_is_tried_once(inbox: Inbox) -> None:
    (own,) = inbox.file(ThingHappened(name="a"))
    drain(failing(()), inbox.database, None)
    assert (inbox.job(own).state, inbox.job(own).tries) == ("dead", 1)


@pytest.mark.parametrize(("tries", "state"), [(4, "waiting"), (5, "waiting"), (6, "dead")])
def test_one_that_takes_its_worker_with_it_waits_by_them_too(
    inbox: Inbox, tries: int, state: str
) -> None:
    service = failing(WAITS)
    own, usual = inbox.file(ThingHappened(name="a"), HeavyThingHappened(name="b"))
    for number in (own, usual):
        inbox.set(number, tries=tries - 1)
    dispatch(inbox.database, MemoryQueue())
    for number in (own, usual):
        assert claim(inbox.database, number, MINUTE) is not None
        inbox.set(number, next_at=inbox.job(number).created_at)
    dispatch(inbox.database, MemoryQueue(), service.delays)
    job = inbox.job(own)
    assert job.state == state
    if state == "waiting":
        assert abs(job.next_at - now() - HOUR) < MINUTE
    assert inbox.job(usual).state == "waiting"
    assert abs(inbox.job(usual).next_at - now() - DELAYS[tries - 1]) < MINUTE


@pytest.mark.parametrize("delays", [(), WAITS[:1]])
def test_however_few_they_are_the_first_deaths_are_no_fault_of_the_job(
    inbox: Inbox, delays: tuple[timedelta, ...]
) -> None:
    service = failing(delays)
    (own,) = inbox.file(ThingHappened(name="a"))
    seen: list[str] = []
    for _ in range(INNOCENT_DEATHS + 1):
        dispatch(inbox.database, MemoryQueue())
        assert claim(inbox.database, own, MINUTE) is not None
        inbox.set(own, next_at=inbox.job(own).created_at)
        with inbox.database.begin() as connection:
            expire(connection, service.delays)
        seen.append(inbox.job(own).state)
    assert seen == ["waiting"] * INNOCENT_DEATHS + ["dead"]


def test_status_shows_them(inbox: Inbox) -> None:
    status = read_status(failing(WAITS[:3]), inbox.database, MemoryQueue())
    assert status.delays == {"thing.happened.v1": (60.0, 60.0, 3600.0)}


def test_none_is_negative() -> None:
    with pytest.raises(ValueError, match="delays: none can be negative"):
        failing((timedelta(seconds=-1),))
