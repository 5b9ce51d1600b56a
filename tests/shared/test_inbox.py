"""The inbox's own table: what a job and a timer are made of, and what changes in them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from sqlalchemy import update

from shared.base import clock
from shared.bus.inbox import NEVER, FlowRow, Lane, force, receive, schedule, unschedule
from shared.bus.redaction import redact
from shared.events import Kind, new_event
from tests.shared import sample
from tests.shared.conftest import Inbox
from tests.shared.sample import HeavyThingHappened, ThingDelivered, ThingForgotten, ThingHappened

NOON = datetime(2019, 11, 7, 12, tzinfo=UTC)
STATES = ["waiting", "queued", "running", "parked", "done", "dead", "dropped"]
UNTOUCHED = {
    "state": "waiting",
    "tries": 0,
    "step": None,
    "forced": False,
    "finished_at": None,
    "failing_since": None,
    "error": None,
}


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "epoch_seconds", NOON.timestamp)


def columns(job: Any) -> dict[str, Any]:
    return {name: value for name, value in job._asdict().items() if name != "id"}


def flows(inbox: Inbox) -> list[tuple[str, str, datetime]]:
    with inbox.database.read() as connection:
        return [tuple(row) for row in connection.execute(FlowRow.__table__.select())]


@pytest.mark.usefixtures("at_noon")
class TestReceive:
    def receive(self, inbox: Inbox, *events: dict[str, Any]) -> None:
        lanes, flows = sample.service.lanes, sample.service.flows
        with inbox.database.begin() as connection:
            receive(connection, "elsewhere", events, lanes, flows)

    def test_a_job_is_what_its_event_says(self, inbox: Inbox) -> None:
        thing = new_event("elsewhere", ThingHappened(name="é"), subject="r-1")
        delivery = new_event("elsewhere", ThingDelivered(name="b", endpoint="x"))
        events = [
            {**event.model_dump(mode="json"), "position": position}
            for position, event in ((7, thing), (8, delivery))
        ]
        self.receive(inbox, *events)
        first, second = map(columns, inbox.jobs())
        assert first == {
            "key": str(thing.id),
            "source": "elsewhere",
            "position": 7,
            "type": "thing.happened",
            "version": 1,
            "subject": "r-1",
            "lane": "main",
            "flow": None,
            "envelope": json.dumps(events[0], ensure_ascii=False),
            "next_at": NOON,
            "created_at": NOON,
            **UNTOUCHED,
        }
        assert (second["lane"], second["flow"], second["subject"]) == ("bulk", "x", None)
        assert flows(inbox) == [("bulk", "x", NEVER)]

    def test_a_flow_that_is_there_keeps_its_turn(self, inbox: Inbox) -> None:
        for name in "ab":
            event = new_event("elsewhere", ThingDelivered(name=name, endpoint="x"))
            self.receive(inbox, {**event.model_dump(mode="json"), "position": 1})
            with inbox.database.begin() as connection:
                connection.execute(update(FlowRow).values(served_at=NOON))
        assert flows(inbox) == [("bulk", "x", NOON)]

    def test_nothing_that_is_handled_is_no_job(self, inbox: Inbox) -> None:
        event = new_event("elsewhere", ThingForgotten(name="a"))
        self.receive(inbox)
        self.receive(inbox, {**event.model_dump(mode="json"), "position": 1})
        assert inbox.jobs() == []


@pytest.mark.usefixtures("at_noon")
class TestForce:
    def test_what_has_ended_begins_anew_and_the_rest_is_left_alone(self, inbox: Inbox) -> None:
        ids = inbox.file(*(ThingHappened(name=state) for state in STATES))
        for number, state in zip(ids, STATES, strict=True):
            inbox.set(
                number,
                state=state,
                tries=4,
                step="dot",
                error="why",
                next_at=NOON - timedelta(days=1),
                failing_since=NOON - timedelta(days=1),
            )
        (another,) = inbox.file(ThingHappened(name="another"))
        inbox.set(another, state="done")
        before = inbox.jobs()
        with inbox.database.begin() as connection:
            assert force(connection, ids) == 3
        after = inbox.jobs()
        assert after[:4] == before[:4]
        assert after[7] == before[7]
        for job in after[4:7]:
            assert (job.state, job.tries, job.step, job.forced) == ("waiting", 0, None, True)
            assert (job.next_at, job.failing_since, job.error) == (NOON, None, None)


@pytest.mark.usefixtures("at_noon")
class TestTimers:
    def test_a_timer_is_a_job_of_the_service_s_own(self, inbox: Inbox) -> None:
        due = NOON + timedelta(hours=1)
        with inbox.database.begin() as connection:
            schedule(connection, ThingHappened(name="é"), key="k", at=due, subject="r-1")
        (job,) = map(columns, inbox.jobs())
        envelope = json.loads(job.pop("envelope"))
        assert job == {
            "key": "timer:k",
            "source": "timer",
            "position": None,
            "type": "thing.happened",
            "version": 1,
            "subject": "r-1",
            "lane": "bulk",
            "flow": None,
            "next_at": due,
            "created_at": NOON,
            **UNTOUCHED,
        }
        assert (envelope["source"], envelope["subject"]) == ("timer", "r-1")
        assert envelope["data"]["name"] == "é"

    def test_set_again_it_says_what_was_said_last(self, inbox: Inbox) -> None:
        due = NOON + timedelta(hours=1)
        with inbox.database.begin() as connection:
            for name in "ab":
                thing = ThingDelivered(name=name, endpoint=name)
                schedule(connection, thing, key="k", at=due, lane="main", flow=name)
                due += timedelta(hours=1)
        (job,) = inbox.jobs()
        assert (job.lane, job.flow, job.next_at) == ("main", "b", NOON + timedelta(hours=2))
        assert json.loads(job.envelope)["data"]["name"] == "b"
        assert flows(inbox) == [("main", "a", NEVER), ("main", "b", NEVER)]

    @pytest.mark.parametrize("state", STATES[1:])
    def test_one_that_has_gone_off_is_not_moved(self, inbox: Inbox, state: str) -> None:
        with inbox.database.begin() as connection:
            schedule(connection, ThingHappened(name="a"), key="k", at=NOON)
        inbox.set(inbox.jobs()[0].id, state=state)
        before = inbox.jobs()
        with inbox.database.begin() as connection:
            schedule(connection, ThingHappened(name="b"), key="k", at=NOON - timedelta(hours=1))
            unschedule(connection, key="k")
        assert inbox.jobs() == before

    def test_one_is_taken_back_and_no_other(self, inbox: Inbox) -> None:
        with inbox.database.begin() as connection:
            for key in "kl":
                schedule(connection, ThingHappened(name=key), key=key, at=NOON)
            unschedule(connection, key="k")
        assert [job.key for job in inbox.jobs()] == ["timer:l"]


def test_redacted_is_every_job_about_one_and_no_other(
    inbox: Inbox, publish: Callable[..., None]
) -> None:
    publish(ThingHappened(name="logged, which is not asked for here"))
    ids = inbox.file(*(HeavyThingHappened(name=name) for name in "abc"))
    for number in ids[:2]:
        inbox.set(number, subject="r-1", error="why", state="dead")
    inbox.set(ids[2], subject="r-2", error="why")
    other = inbox.job(ids[2])
    with inbox.database.begin() as connection:
        redact(connection, "r-1")
        redact(connection, "nobody")
    for job in inbox.jobs()[:2]:
        assert (job.state, job.error) == ("dead", None)
        assert json.loads(job.envelope)["data"]["name"] == ""
    assert inbox.job(ids[2]) == other


class TestRenew:
    """The newer version of a fact that is filed already."""

    LANES: ClassVar[dict[Kind, Lane]] = {("thing.told", 1): "main", ("thing.told", 2): "main"}

    def told(self, fact: str, version: int, position: int) -> dict[str, Any]:
        event = {"id": f"{fact}.{version}", "type": "thing.told", "position": position, "data": {}}
        schema = {"dataschema": f"/events/thing.told.v{version}.json"}
        return event | schema | {"fact": f"{fact}.2"}

    def receive(self, inbox: Inbox, source: str, *events: dict[str, Any]) -> None:
        with inbox.database.begin() as connection:
            receive(connection, source, events, self.LANES)

    def test_it_takes_the_place_of_the_older_and_of_no_other(self, inbox: Inbox) -> None:
        self.receive(inbox, "elsewhere", self.told("a", 1, 1), self.told("b", 1, 2))
        newer = self.told("a", 2, 9)
        before = inbox.jobs()
        self.receive(inbox, "elsewhere", newer)
        first, second = inbox.jobs()
        assert (first.version, first.position, json.loads(first.envelope)) == (2, 9, newer)
        assert second == before[1]
        self.receive(inbox, "elsewhere", self.told("a", 2, 10))  # once more
        self.receive(inbox, "another", self.told("b", 2, 10))  # whose fact is another one
        assert inbox.jobs() == [first, second]
