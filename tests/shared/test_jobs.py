"""One job's way through a service: done, tried again by the visible delays, or a dead letter."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from shared.base.clock import now
from shared.base.errors import LeaseLost, Parked
from shared.base.settings import Settings
from shared.bus.delays import DELAYS, MAX_TRIES
from shared.bus.dispatch import dispatch
from shared.bus.inbox import force
from shared.bus.lease import claim
from shared.bus.parking import park, parked, unpark
from shared.events import Event
from shared.process.service import Job, Service
from shared.testing import MemoryQueue
from tests.shared import sample
from tests.shared.conftest import Inbox
from tests.shared.sample import Resources, ThingHappened, note

MINUTE = timedelta(minutes=1)


def turn(inbox: Inbox, resources: Resources, service: Service[Any] = sample.service) -> None:
    """Do what is due, each once: what fails is not tried again, however slow the machine."""
    queue = MemoryQueue()
    dispatch(inbox.database, queue)
    while hint := queue.take():
        service.run(hint.job, inbox.database, resources, MINUTE)


def service_that(handler: Any) -> Service[Resources]:
    service: Service[Resources] = Service(
        "sample", settings=Settings, resources=sample.open_resources
    )
    service.on(ThingHappened)(handler)
    return service


class TestDone:
    def test_a_job_is_done_once(self, inbox: Inbox, resources: Resources) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a"))
        turn(inbox, resources)
        turn(inbox, resources)
        assert inbox.effects() == ["a"]
        job = inbox.job(job_id)
        assert (job.state, job.tries) == ("done", 1)
        assert job.finished_at is not None

    def test_a_handler_that_never_completes_is_completed(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        def do_nothing(_event: Event[ThingHappened], _job: Job, _resources: Resources) -> None:
            """All of its effect is elsewhere."""

        inbox.file(ThingHappened(name="a"))
        turn(inbox, resources, service_that(do_nothing))
        assert inbox.states() == ["done"]

    def test_a_handler_whose_transaction_fails_is_tried_again_with_no_effect(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        def note_twice_the_same(
            event: Event[ThingHappened], job: Job, resources: Resources
        ) -> None:
            with resources.database.begin() as connection:
                note(connection, event.data.name, job)
                job.complete(connection)
                raise IntegrityError("", None, Exception("refused at the end"))

        inbox.file(ThingHappened(name="a"))
        turn(inbox, resources, service_that(note_twice_the_same))
        assert inbox.effects() == []
        assert inbox.states() == ["waiting"]


class TestPoison:
    def test_a_job_that_raises_waits_by_the_visible_delays_and_then_is_a_dead_letter(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="raise"))
        for tries, delay in enumerate(DELAYS, start=1):
            turn(inbox, resources)
            job = inbox.job(job_id)
            assert (job.state, job.tries) == ("waiting", tries)
            assert abs(job.next_at - now() - delay) < timedelta(seconds=10)
            inbox.make_due()
        turn(inbox, resources)
        job = inbox.job(job_id)
        assert (job.state, job.tries) == ("dead", MAX_TRIES)

    def test_the_reason_ends_with_the_tracebacks_last_lines(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="raise"))
        inbox.set(job_id, tries=MAX_TRIES - 1)
        turn(inbox, resources)
        reason = inbox.job(job_id).error.splitlines()
        assert reason[-1] == "ValueError: a cannot be noted"
        assert any("in note_thing" in line for line in reason)
        assert len(reason) <= 12

    def test_it_is_dead_since_its_last_try(self, inbox: Inbox, resources: Resources) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="raise"))
        inbox.set(job_id, tries=MAX_TRIES - 1)
        turn(inbox, resources)
        assert inbox.job(job_id).next_at <= now()

    def test_the_others_are_not_kept_waiting(self, inbox: Inbox, resources: Resources) -> None:
        inbox.file(
            ThingHappened(name="poison", does="raise"),
            ThingHappened(name="a"),
            ThingHappened(name="b"),
        )
        turn(inbox, resources)
        assert inbox.effects() == ["a", "b"]

    def test_a_hopeless_one_is_dead_at_once(self, inbox: Inbox, resources: Resources) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="hopeless"))
        turn(inbox, resources)
        job = inbox.job(job_id)
        assert (job.state, job.tries, job.error) == ("dead", 1, "a is beyond help")

    def test_later_is_when_the_handler_says(self, inbox: Inbox, resources: Resources) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="later"))
        turn(inbox, resources)
        job = inbox.job(job_id)
        assert (job.state, job.tries, job.error) == ("waiting", 1, "a is not ready")
        wait = job.next_at - now()
        assert timedelta(seconds=20) < wait <= timedelta(seconds=30)

    def test_later_is_not_for_ever(self, inbox: Inbox, resources: Resources) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a", does="later"))
        inbox.set(job_id, tries=MAX_TRIES - 1)
        turn(inbox, resources)
        assert inbox.job(job_id).state == "dead"


class TestParked:
    def test_its_handler_puts_it_aside_untried(self, inbox: Inbox, resources: Resources) -> None:
        def put_aside(_event: Event[ThingHappened], job: Job, resources: Resources) -> None:
            with resources.database.begin() as connection:
                job.park(connection)
            raise Parked("there is no paper")

        (job_id,) = inbox.file(ThingHappened(name="a"))
        with capture_logs() as logs:
            turn(inbox, resources, service_that(put_aside))
        job = inbox.job(job_id)
        assert (job.state, job.tries, job.lane, job.error) == ("parked", 0, "main", None)
        assert [entry["reason"] for entry in logs if entry["event"] == "parked"] == [
            "there is no paper"
        ]
        turn(inbox, resources)
        assert inbox.effects() == []

        with inbox.database.begin() as connection:
            assert parked(connection, [ThingHappened.type]) == 1
            assert unpark(connection, ["thing.other"]) == 0
            assert unpark(connection, [ThingHappened.type]) == 1
        turn(inbox, resources)
        assert inbox.effects() == ["a"]

    def test_what_waits_can_be_put_aside_and_what_is_done_cannot(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        inbox.file(ThingHappened(name="done"))
        turn(inbox, resources)
        inbox.file(ThingHappened(name="waiting"))
        (running,) = inbox.file(ThingHappened(name="running"))
        inbox.set(running, state="running")
        with inbox.database.begin() as connection:
            assert park(connection, [ThingHappened.type]) == 1
        assert inbox.states() == ["done", "parked", "running"]

    def test_whoever_has_lost_the_lease_puts_nothing_aside(self, inbox: Inbox) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a"))
        inbox.set(job_id, state="queued")
        lease = claim(inbox.database, job_id, MINUTE)
        assert lease is not None
        inbox.set(job_id, tries=2)
        with pytest.raises(LeaseLost), inbox.database.begin() as connection:
            lease.park(connection)
        assert inbox.states() == ["running"]


class TestForced:
    @pytest.mark.parametrize("state", ["done", "dead", "dropped"])
    def test_what_has_ended_begins_anew(self, inbox: Inbox, state: str) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a"))
        inbox.set(job_id, state=state, tries=4, step="dot", error="why")
        with inbox.database.begin() as connection:
            assert force(connection, [job_id]) == 1
            assert force(connection, [job_id]) == 0, "it is open now"
        job = inbox.job(job_id)
        assert (job.state, job.tries, job.step, job.forced, job.error) == (
            "waiting",
            0,
            None,
            True,
            None,
        )


class TestContract:
    def test_a_payload_that_breaks_it_is_dead_at_once_without_its_values(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a"))
        broken = inbox.job(job_id).envelope.replace('"note"', '"ada@example.org"')
        inbox.set(job_id, envelope=broken)
        turn(inbox, resources)
        job = inbox.job(job_id)
        assert job.state == "dead"
        assert "thing.happened.v1 is not as its contract says: data.does:" in job.error
        assert "ada@example.org" not in job.error

    def test_a_subscription_that_was_taken_back_leaves_a_dead_letter(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        (job_id,) = inbox.file(ThingHappened(name="a"))
        silent: Service[Resources] = Service("sample", Settings, sample.open_resources)
        turn(inbox, resources, silent)
        assert inbox.job(job_id).state == "dead"
        assert inbox.job(job_id).error == "sample has no handler for thing.happened.v1"

    def test_a_type_has_one_handler(self) -> None:
        service = service_that(sample.note_thing)
        with pytest.raises(ValueError, match=r"sample handles thing\.happened\.v1 twice"):
            service.on(ThingHappened)(sample.note_heavy_thing)


class TestLostLease:
    def test_a_handler_that_lost_it_leaves_the_job_to_the_new_owner(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        def lose_it(_event: Event[ThingHappened], job: Job, resources: Resources) -> None:
            (job_id,) = [job.id for job in inbox.jobs()]
            inbox.set(job_id, tries=2)  # another worker claimed it meanwhile
            with resources.database.begin() as connection:
                note(connection, "late", job)
                job.complete(connection)

        (job_id,) = inbox.file(ThingHappened(name="a"))
        dispatch(inbox.database, MemoryQueue())
        with capture_logs() as lines:
            service_that(lose_it).run(job_id, inbox.database, resources, MINUTE)
        assert [line["event"] for line in lines] == ["lease lost"]  # and not a failure
        job = inbox.job(job_id)
        assert (job.state, job.tries, job.error) == ("running", 2, None)
        assert inbox.effects() == []

    def test_it_counts_when_the_handler_raises_too(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        def lose_it_and_fail(
            _event: Event[ThingHappened], _job: Job, _resources: Resources
        ) -> None:
            (job_id,) = [job.id for job in inbox.jobs()]
            inbox.set(job_id, tries=2)
            raise LeaseLost("as a mark would say")

        (job_id,) = inbox.file(ThingHappened(name="a"))
        dispatch(inbox.database, MemoryQueue())
        service_that(lose_it_and_fail).run(job_id, inbox.database, resources, MINUTE)
        job = inbox.job(job_id)
        assert (job.state, job.tries, job.error) == ("running", 2, None)


class TestLogs:
    def test_one_line_for_each_job_bound_to_its_event(
        self, inbox: Inbox, resources: Resources
    ) -> None:
        inbox.file(ThingHappened(name="secret words"))
        with capture_logs(processors=[merge_contextvars]) as lines:
            turn(inbox, resources)
        (line,) = lines
        assert line["event"] == "done"
        assert line["type"] == "thing.happened"
        assert line["event_id"] == inbox.jobs()[0].key
        assert "secret words" not in str(line)


class TestDatabaseErrors:
    def test_they_carry_no_parameters(self, inbox: Inbox) -> None:
        """They end in logs and reasons, and parameters may be personal data."""
        with pytest.raises(IntegrityError) as refused, inbox.database.begin() as connection:
            connection.execute(
                insert(sample.Effect).values(number=1, name=None, step="ada@example.org", tries=1)
            )
        assert "[SQL: INSERT INTO effect" in str(refused.value)
        assert "parameters: " not in str(refused.value)
