"""A job that always fails is seen at its first failure, not when it has become a dead letter."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from shared.base.clock import now
from shared.bus.deadletters import replay
from shared.bus.delays import MAX_TRIES
from shared.bus.dispatch import dispatch
from shared.bus.failing import count_open, failing_types, open_jobs
from shared.bus.lease import claim, expire
from shared.commands.cli import application
from shared.process.status import Status, gauges, read_status
from shared.testing import MemoryQueue
from tests.shared import sample
from tests.shared.conftest import Environment, Inbox
from tests.shared.sample import (
    HeavyThingHappened,
    Resources,
    ThingDelivered,
    ThingHappened,
)

MINUTE = timedelta(minutes=1)
NAME = "Ada Lovelace"


@pytest.fixture
def fail(inbox: Inbox, resources: Resources) -> Callable[[], None]:
    """Try what waits once more, without its delays."""

    def turn() -> None:
        inbox.make_due()
        queue = MemoryQueue()
        dispatch(inbox.database, queue)
        while hint := queue.take():
            sample.service.run(hint.job, inbox.database, resources, MINUTE)

    return turn


def status(inbox: Inbox) -> Status:
    return read_status(sample.service, inbox.database, MemoryQueue())


def figures(inbox: Inbox) -> list[tuple[str, float]]:
    return [
        (labels["type"], value)
        for name, _, labels, value in gauges(status(inbox))
        if name == "emarge_jobs_failing"
    ]


class TestCounted:
    def test_at_its_first_failure(self, inbox: Inbox, fail: Callable[[], None]) -> None:
        inbox.file(*(ThingHappened(name=name, does="raise") for name in "ab"))
        inbox.file(ThingHappened(name="c"))
        assert figures(inbox) == []
        fail()
        assert figures(inbox) == [("thing.happened", 2)]
        assert status(inbox).trouble == []  # it may be a hiccup

    def test_it_is_trouble_at_the_third(self, inbox: Inbox, fail: Callable[[], None]) -> None:
        inbox.file(ThingHappened(name="a", does="raise"))
        fail()
        fail()
        assert status(inbox).trouble == []
        fail()
        (trouble,) = status(inbox).trouble
        assert trouble.startswith("1 job of thing.happened failing for")
        assert trouble.endswith("tried up to 3 times: python -m services.sample jobs --failing")

    def test_or_when_it_lasts(self, inbox: Inbox, fail: Callable[[], None]) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="later"))
        fail()
        inbox.set(job_id, failing_since=now() - 6 * MINUTE)
        (trouble,) = status(inbox).trouble
        assert "failing for 360 s" in trouble

    def test_the_first_failure_is_remembered(self, inbox: Inbox, fail: Callable[[], None]) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="raise"))
        fail()
        since = inbox.job(job_id).failing_since
        fail()
        assert inbox.job(job_id).failing_since == since

    def test_not_once_it_succeeds(self, inbox: Inbox, fail: Callable[[], None]) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="raise"))
        fail()
        mended = inbox.job(job_id).envelope.replace('"raise"', '"note"')
        inbox.set(job_id, envelope=mended)
        fail()
        assert inbox.job(job_id).state == "done"
        assert inbox.job(job_id).failing_since is None

    def test_a_dead_letter_is_another_thing_and_a_replay_starts_anew(
        self, inbox: Inbox, fail: Callable[[], None]
    ) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="raise"))
        inbox.set(job_id, tries=MAX_TRIES - 1)
        fail()
        assert inbox.job(job_id).state == "dead"
        assert figures(inbox) == []
        with inbox.database.begin() as connection:
            replay(connection, [job_id])
        assert figures(inbox) == []

    def test_one_whose_worker_died_counts(self, inbox: Inbox) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a"))
        dispatch(inbox.database, MemoryQueue())
        assert claim(inbox.database, job_id, -MINUTE)
        with inbox.database.begin() as connection:
            expire(connection)
        assert figures(inbox) == [("thing.happened", 1)]

    def test_a_try_that_runs_is_no_failure_yet(
        self, inbox: Inbox, fail: Callable[[], None]
    ) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="raise"))
        fail()
        inbox.make_due()
        dispatch(inbox.database, MemoryQueue())
        assert claim(inbox.database, job_id, MINUTE)
        with inbox.database.read() as connection:
            (kind,) = failing_types(connection)
        assert (kind.jobs, kind.failures) == (1, 1)

    def test_what_is_parked_is_not_tried(self, inbox: Inbox, fail: Callable[[], None]) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="raise"))
        fail()
        inbox.set(job_id, lane="parked")
        assert figures(inbox) == []
        with inbox.database.read() as connection:
            assert count_open(connection) == 1
            assert open_jobs(connection, failing=True) == []


class TestOpen:
    STATES = ("waiting", "queued", "running", "parked", "done", "dead", "dropped")

    def test_they_wait_or_are_at_work_the_oldest_first(self, inbox: Inbox) -> None:
        ids = inbox.file(*(ThingHappened(name=state) for state in self.STATES))
        for job_id, state in zip(ids, self.STATES, strict=True):
            inbox.set(job_id, state=state)
        with inbox.database.read() as connection:
            assert [job["id"] for job in open_jobs(connection)] == ids[:3]
            assert [job["id"] for job in open_jobs(connection, most=2)] == ids[:2]
            assert count_open(connection) == 3
            assert count_open(connection, failing=True) == 0

    def test_failing_are_those_that_will_be_tried_again(self, inbox: Inbox) -> None:
        ids = inbox.file(*(ThingHappened(name=state) for state in self.STATES))
        for job_id, state in zip(ids, self.STATES, strict=True):
            inbox.set(job_id, state=state, tries=3, failing_since=now())
        inbox.file(ThingHappened(name="which has not failed"))
        with inbox.database.read() as connection:
            assert [job["id"] for job in open_jobs(connection, failing=True)] == ids[:3]
            assert count_open(connection, failing=True) == 3
            (kind,) = failing_types(connection)
        assert (kind.type, kind.jobs, kind.failures) == ("thing.happened", 3, 3)

    def test_the_type_that_has_failed_longest_is_first(self, inbox: Inbox) -> None:
        moment = now()
        things = (ThingHappened, HeavyThingHappened, ThingDelivered)
        ids = inbox.file(*(thing(name="a", **_endpoint(thing)) for thing in things))
        for job_id, minutes in zip(ids, (1, 3, 1), strict=True):
            inbox.set(job_id, tries=1, failing_since=moment - minutes * MINUTE)
        inbox.set(*inbox.file(ThingHappened(name="b")), tries=1, failing_since=moment)
        with inbox.database.read() as connection:
            kinds = failing_types(connection)
        assert [kind.type for kind in kinds] == ["thing.heavy", "thing.delivered", "thing.happened"]
        assert [kind.since for kind in kinds] == [moment - n * MINUTE for n in (3, 1, 1)]


def _endpoint(thing: type[ThingHappened]) -> dict[str, str]:
    return {"endpoint": "x"} if thing is ThingDelivered else {}


class TestCommand:
    @pytest.fixture
    def database_url(self, sqlite_url: str) -> str:
        return sqlite_url

    @pytest.fixture
    def run(self, environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

        def run(*arguments: str) -> str:
            done = CliRunner().invoke(application(sample.service), arguments)
            assert done.exit_code == 0, done.output
            return done.output

        return run

    @pytest.mark.usefixtures("inbox")
    def test_none(self, run: Callable[..., str]) -> None:
        assert run("jobs") == "No open jobs.\n"
        assert run("jobs", "--failing") == "No failing jobs.\n"

    def test_why_and_when_again(
        self, run: Callable[..., str], inbox: Inbox, fail: Callable[[], None]
    ) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="raise"))
        fail()
        inbox.file(ThingHappened(name=NAME))
        shown = run("jobs", "--failing").splitlines()
        assert shown[0].split()[:2] == [str(job_id), "thing.happened"]
        assert " 1 tries  failing since 2" in shown[0]
        assert "next at 2" in shown[0]
        assert "        ValueError: a cannot be noted" in shown
        assert shown[-1] == "1 failing job"
        assert "1 job of thing.happened failing for" in run("status")

    def test_machines_get_the_whole_reason_and_nobody_the_envelope(
        self, run: Callable[..., str], inbox: Inbox, fail: Callable[[], None]
    ) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="raise"))
        fail()
        (waiting,) = inbox.file(ThingHappened(name=NAME))
        (failing,) = json.loads(run("jobs", "--failing", "--json"))
        assert failing["id"] == job_id
        assert failing["error"] == inbox.job(job_id).error
        assert failing["error"].count("\n") > 4
        everything = run("jobs", "--json")
        assert [job["id"] for job in json.loads(everything)] == [job_id, waiting]
        assert NAME not in everything + run("jobs")
