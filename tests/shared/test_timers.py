"""Jobs that a service sets for itself, at a time."""

from contextlib import suppress
from datetime import datetime, timedelta

from shared.base.clock import now
from shared.bus.dispatch import dispatch
from shared.bus.inbox import schedule, unschedule
from shared.testing import MemoryQueue, drain
from tests.shared import sample
from tests.shared.conftest import Inbox
from tests.shared.sample import Resources, ThingHappened

HOUR = timedelta(hours=1)


def set_timer(inbox: Inbox, name: str, at: datetime) -> None:
    with inbox.database.begin() as connection:
        schedule(connection, ThingHappened(name=name), key="reminder", at=at)


def test_it_goes_off_at_its_time_and_not_before(inbox: Inbox, resources: Resources) -> None:
    set_timer(inbox, "a", now() + HOUR)
    assert drain(sample.service, inbox.database, resources) == 0
    inbox.make_due()
    assert drain(sample.service, inbox.database, resources) == 1
    assert inbox.effects() == ["a"]


def test_the_same_key_moves_it(inbox: Inbox, resources: Resources) -> None:
    set_timer(inbox, "first", now() + HOUR)
    set_timer(inbox, "second", now() - HOUR)
    drain(sample.service, inbox.database, resources)
    assert inbox.effects() == ["second"]
    assert len(inbox.jobs()) == 1


def test_one_that_went_off_stays_as_it_is(inbox: Inbox, resources: Resources) -> None:
    set_timer(inbox, "a", now())
    drain(sample.service, inbox.database, resources)
    set_timer(inbox, "b", now())
    drain(sample.service, inbox.database, resources)
    assert inbox.effects() == ["a"]


def test_one_that_is_going_off_keeps_its_lease(inbox: Inbox) -> None:
    set_timer(inbox, "a", now())
    (before,) = inbox.jobs()
    inbox.set(before.id, state="running")
    set_timer(inbox, "b", now() + HOUR)
    (after,) = inbox.jobs()
    assert (after.next_at, after.envelope) == (before.next_at, before.envelope)


def test_it_can_be_taken_back_until_it_goes_off(inbox: Inbox) -> None:
    set_timer(inbox, "a", now() + HOUR)
    with inbox.database.begin() as connection:
        unschedule(connection, key="reminder")
    assert inbox.jobs() == []

    set_timer(inbox, "b", now())
    dispatch(inbox.database, MemoryQueue())
    with inbox.database.begin() as connection:
        unschedule(connection, key="reminder")
    assert inbox.states() == ["queued"]


def test_it_is_set_with_what_caused_it_or_not_at_all(inbox: Inbox) -> None:
    with suppress(KeyError), inbox.database.begin() as connection:
        schedule(connection, ThingHappened(name="a"), key="reminder", at=now())
        _ = dict[str, str]()["what caused it"]
    assert inbox.jobs() == []
