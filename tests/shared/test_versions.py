"""Two versions of a contract side by side: one fact is one job, in the newest that is handled."""

import itertools
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus import eventlog
from shared.bus.dispatch import dispatch
from shared.bus.eventlog import EventLog
from shared.bus.intake import pull, rewind
from shared.events import Event, Kind, Payload
from shared.process.service import Job, Service
from shared.testing import MemoryQueue, drain
from tests.shared.conftest import Inbox

log = EventLog("registration")


class Titled(Payload):
    type: ClassVar[str] = "thing.titled"
    title: str


class TitledInTwo(Payload):
    type: ClassVar[str] = "thing.titled"
    version: ClassVar[int] = 2
    titles: tuple[str, str]


class TitledInAll(Payload):
    type: ClassVar[str] = "thing.titled"
    version: ClassVar[int] = 3
    titles: dict[str, str]


class Printer:
    """A service that handles some of the versions, and what it has done."""

    def __init__(self, database: Database, *versions: type[Payload]) -> None:
        self.database = database
        self.done: list[str] = []
        self.service: Service[None] = Service(
            "printer",
            settings=Settings,
            resources=lambda *_: None,
        )
        for version in versions:
            self.service.on(version)(self.note)

    def note(self, event: Event[Payload], _job: Job, _resources: None) -> None:
        self.done.append(f"v{event.data.version}")

    def read(self, feed: "Told") -> int:
        return pull(self.database, "registration", feed, self.service.lanes)

    def work(self) -> list[str]:
        drain(self.service, self.database, None)
        return self.done


class Told:
    """A feed of these envelopes, in this order, so many to a page."""

    def __init__(self, envelopes: Sequence[str], size: int = 100) -> None:
        self._events = [
            json.loads(envelope) | {"position": number}
            for number, envelope in enumerate(envelopes, start=1)
        ]
        self._size = size

    def page(self, after: int, limit: int) -> str:  # noqa: ARG002  the interface
        events = self._events[after : after + self._size]
        return json.dumps({"epoch": "e", "head": len(self._events), "events": events})


def told_in(publisher: Database, newest: Payload, *older: Payload) -> list[str]:
    """The envelopes of one fact, the newest first."""
    with publisher.begin() as connection:
        log.append(connection, newest, older=older)
    return list(eventlog.page(publisher, 0).events)


@pytest.fixture
def both(publisher: Database) -> list[str]:
    return told_in(publisher, TitledInTwo(titles=("jour", "day")), Titled(title="jour"))


def test_each_has_an_id_of_its_own_and_the_older_one_says_what_it_tells(both: list[str]) -> None:
    newer, older = map(json.loads, both)
    assert (newer["dataschema"], older["dataschema"]) == (
        "/events/thing.titled.v2.json",
        "/events/thing.titled.v1.json",
    )
    assert older["id"] != newer["id"]
    assert older["fact"] == newer["id"]
    assert "fact" not in newer
    events = [Event[Payload].model_validate(envelope) for envelope in (newer, older)]
    assert {str(event.identity) for event in events} == {newer["id"]}


@pytest.mark.parametrize("size", [1, 100], ids=["page-by-page", "one-page"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["newer-first", "older-first"])
class TestHandledInBoth:
    def test_it_is_done_once_in_the_newer_one(
        self, inbox: Inbox, both: list[str], order: tuple[int, int], size: int
    ) -> None:
        printer = Printer(inbox.database, Titled, TitledInTwo)
        feed = Told([both[number] for number in order], size)
        hints = MemoryQueue()
        while printer.read(feed):
            dispatch(inbox.database, hints)  # its hint may be out, as long as nobody has begun
        while hint := hints.take():
            printer.service.run(hint.job, inbox.database, None, timedelta(minutes=1))
        assert printer.done == ["v2"]
        assert len(inbox.jobs()) == 1

    def test_once_also_when_it_is_done_at_once(
        self, inbox: Inbox, both: list[str], order: tuple[int, int], size: int
    ) -> None:
        printer = Printer(inbox.database, Titled, TitledInTwo)
        feed = Told([both[number] for number in order], size)
        while printer.read(feed):
            printer.work()
        assert len(printer.done) == 1

    def test_telling_it_again_changes_nothing(
        self, inbox: Inbox, both: list[str], order: tuple[int, int], size: int
    ) -> None:
        printer = Printer(inbox.database, Titled, TitledInTwo)
        feed = Told([both[number] for number in order], size)
        for _ in range(2):
            while printer.read(feed):
                pass
            printer.work()
            with inbox.database.begin() as connection:
                rewind(connection, "registration", 0)
        assert printer.done == ["v2"]

    def test_so_does_learning_of_the_newer_one_later(
        self, inbox: Inbox, both: list[str], order: tuple[int, int], size: int
    ) -> None:
        before = Printer(inbox.database, Titled)
        feed = Told([both[number] for number in order], size)
        while before.read(feed):
            pass
        assert before.work() == ["v1"]
        with inbox.database.begin() as connection:
            rewind(connection, "registration", 0)
        after = Printer(inbox.database, Titled, TitledInTwo)
        while after.read(feed):
            pass
        assert after.work() == []


def test_who_knows_the_older_one_alone_does_that(inbox: Inbox, both: list[str]) -> None:
    printer = Printer(inbox.database, Titled)
    printer.read(Told(both))
    assert printer.work() == ["v1"]


def test_of_three_the_newest_that_is_known(inbox: Inbox, publisher: Database) -> None:
    events = told_in(
        publisher,
        TitledInAll(titles={"fr": "jour"}),
        TitledInTwo(titles=("jour", "day")),
        Titled(title="jour"),
    )
    printer = Printer(inbox.database, Titled, TitledInTwo)
    for order in itertools.permutations(events):
        printer.read(Told(order))
        with inbox.database.begin() as connection:
            rewind(connection, "registration", 0)
    assert printer.work() == ["v2"]


def test_a_version_that_nobody_knows_is_passed_over(inbox: Inbox, publisher: Database) -> None:
    printer = Printer(inbox.database, Titled)
    assert printer.read(Told(told_in(publisher, TitledInTwo(titles=("jour", "day"))))) == 1
    assert inbox.jobs() == []


def test_two_facts_are_two(inbox: Inbox, publisher: Database) -> None:
    told_in(publisher, TitledInTwo(titles=("jour", "day")), Titled(title="jour"))
    events = told_in(publisher, TitledInTwo(titles=("nuit", "night")), Titled(title="nuit"))
    printer = Printer(inbox.database, Titled, TitledInTwo)
    printer.read(Told(events))
    assert printer.work() == ["v2", "v2"]


def test_one_that_was_tried_stays_as_it_was_begun(inbox: Inbox, both: list[str]) -> None:
    """It may have had half of its effect."""
    printer = Printer(inbox.database, Titled, TitledInTwo)
    feed = Told(both[::-1], 1)
    printer.read(feed)
    (job,) = inbox.jobs()
    inbox.set(job.id, tries=1)
    printer.read(feed)
    assert printer.work() == ["v1"]


def test_the_same_version_twice_is_refused() -> None:
    service: Service[Any] = Service("twice", settings=Settings, resources=lambda *_: None)
    service.on(Titled, TitledInTwo)(lambda *_: None)
    with pytest.raises(ValueError, match=r"twice handles thing\.titled\.v2 twice"):
        service.on(TitledInTwo)(lambda *_: None)


def test_the_lane_is_that_of_the_newest() -> None:
    service: Service[Any] = Service("lanes", settings=Settings, resources=lambda *_: None)
    service.on(Titled)(lambda *_: None)
    service.on(TitledInTwo, lane="bulk")(lambda *_: None)
    lanes: dict[Kind, str] = dict(service.lanes)
    assert lanes == {("thing.titled", 1): "main", ("thing.titled", 2): "bulk"}
    assert service.lane_of("thing.titled") == "bulk"
    assert service.lane_of("no.such") == "main"
