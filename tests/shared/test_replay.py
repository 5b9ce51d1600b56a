"""Doing again what was done, or given up."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.base.clock import now
from shared.bus.deadletters import (
    Settle,
    counted,
    dead_letter,
    dead_letters,
    drop,
    replay,
    replay_from,
)
from shared.testing import drain
from tests.shared import sample
from tests.shared.conftest import Inbox
from tests.shared.sample import Resources, ThingHappened

LONG_AGO = datetime(2019, 11, 7, 8, tzinfo=UTC)


@pytest.fixture
def jobs(inbox: Inbox) -> list[int]:
    """One in each state, at the positions 1 to 6."""
    states = ["done", "dead", "dropped", "waiting", "queued", "running"]
    ids = inbox.file(*(ThingHappened(name=state) for state in states))
    for position, (job_id, state) in enumerate(zip(ids, states, strict=True), start=1):
        inbox.set(job_id, state=state, position=position, step="dot", tries=3)
    return ids


def again(inbox: Inbox, position: int, *, force: bool = False) -> int:
    with inbox.database.begin() as connection:
        return replay_from(connection, "elsewhere", position, force=force)


class TestReplayFrom:
    def test_it_starts_from_the_first_try_at_once(self, inbox: Inbox, jobs: list[int]) -> None:
        for number in jobs:
            inbox.set(number, next_at=LONG_AGO, failing_since=LONG_AGO, error="a reason")
        before = now()
        again(inbox, 1)
        for number in jobs[:3]:
            job = inbox.job(number)
            assert (job.state, job.tries, job.forced) == ("waiting", 0, False)
            assert (job.failing_since, job.error) == (None, None)
            assert job.next_at >= before
        assert {inbox.job(number).next_at for number in jobs[3:]} == {LONG_AGO}

    def test_of_that_feed_alone(self, inbox: Inbox, jobs: list[int]) -> None:
        inbox.set(jobs[0], source="another")
        assert again(inbox, 1) == 2
        assert inbox.job(jobs[0]).state == "done"

    def test_what_is_open_is_left_alone(self, inbox: Inbox, jobs: list[int]) -> None:
        assert again(inbox, 1) == 3
        assert inbox.states() == ["waiting"] * 4 + ["queued", "running"]
        assert [job.tries for job in inbox.jobs()] == [0, 0, 0, 3, 3, 3]
        assert len(jobs) == 6

    def test_what_was_before_is_left_alone(self, inbox: Inbox, jobs: list[int]) -> None:
        assert again(inbox, 2) == 2
        assert inbox.job(jobs[0]).state == "done"

    def test_a_dead_letter_may_have_had_its_effect_and_keeps_its_step(
        self, inbox: Inbox, jobs: list[int]
    ) -> None:
        again(inbox, 1)
        assert [inbox.job(job_id).step for job_id in jobs[:3]] == [None, "dot", None]

    def test_force_says_do_it_again(self, inbox: Inbox, jobs: list[int]) -> None:
        again(inbox, 1, force=True)
        assert [(inbox.job(job).step, inbox.job(job).forced) for job in jobs[:3]] == [
            (None, True)
        ] * 3

    def test_a_handler_sees_that_it_is_forced(self, inbox: Inbox, resources: Resources) -> None:
        inbox.file(ThingHappened(name="a"))
        drain(sample.service, inbox.database, resources)
        again(inbox, 1, force=True)
        drain(sample.service, inbox.database, resources)
        with inbox.database.read() as connection:
            forced = connection.execute(sample.Effect.__table__.select()).all()
        assert [effect.forced for effect in forced] == [False, True]


class TestDeadLetters:
    def test_one_of_them_whole(self, inbox: Inbox, jobs: list[int]) -> None:
        with inbox.database.read() as connection:
            letter = dead_letter(connection, jobs[1])
            others = [dead_letter(connection, number) for number in (*jobs[:1], *jobs[2:])]
        assert letter is not None
        assert tuple(letter.values()) == tuple(inbox.job(jobs[1]))
        assert others == [None] * 5

    @pytest.mark.parametrize("settle", [replay, drop])
    def test_of_several_only_those_that_are_named(
        self, inbox: Inbox, jobs: list[int], settle: Settle
    ) -> None:
        for number in jobs:
            inbox.set(number, state="dead")
        with inbox.database.begin() as connection:
            assert settle(connection, jobs[:2]) == 2
            assert settle(connection, []) == 0
            assert [letter["id"] for letter in dead_letters(connection)] == jobs[2:]
            assert settle(connection, None) == 4

    def test_one_in_no_lane_is_for_nobody(self, inbox: Inbox, jobs: list[int]) -> None:
        inbox.set(jobs[1], lane="elsewhere")
        with inbox.database.begin() as connection:
            assert dead_letters(connection) == []
            assert dead_letter(connection, jobs[1]) is None
            assert replay(connection, None) == drop(connection, jobs) == 0

    def test_they_are_counted_in_words(self) -> None:
        assert [counted(number) for number in range(3)] == [
            "0 dead letters",
            "1 dead letter",
            "2 dead letters",
        ]

    def test_dropped_it_has_ended_and_keeps_its_reason(self, inbox: Inbox, jobs: list[int]) -> None:
        inbox.set(jobs[1], error="a reason")
        before = now()
        with inbox.database.begin() as connection:
            assert drop(connection, [jobs[1]]) == 1
        job = inbox.job(jobs[1])
        assert (job.state, job.error, job.tries) == ("dropped", "a reason", 3)
        assert before <= job.finished_at <= now()

    def test_they_are_listed_with_the_reason_oldest_first(self, inbox: Inbox) -> None:
        first, second, _ = inbox.file(*(ThingHappened(name=name) for name in "abc"))
        for job_id, due in ((second, LONG_AGO), (first, LONG_AGO + timedelta(hours=1))):
            inbox.set(
                job_id,
                state="dead",
                error=f"reason {job_id}",
                tries=job_id,
                subject=f"subject {job_id}",
                next_at=due,
            )
        with inbox.database.read() as connection:
            letters = [tuple(letter.items()) for letter in dead_letters(connection)]
        assert letters == [
            (
                ("id", job_id),
                ("type", "thing.happened"),
                ("subject", f"subject {job_id}"),
                ("tries", job_id),
                ("next_at", due),
                ("error", f"reason {job_id}"),
            )
            for job_id, due in ((first, LONG_AGO + timedelta(hours=1)), (second, LONG_AGO))
        ]

    def test_replayed_it_starts_from_the_first_try_at_once(
        self, inbox: Inbox, jobs: list[int], resources: Resources
    ) -> None:
        inbox.set(jobs[1], next_at=now() + timedelta(hours=3), failing_since=LONG_AGO)
        with inbox.database.begin() as connection:
            assert replay(connection, [jobs[1]]) == 1
        assert inbox.job(jobs[1]).tries == 0
        assert inbox.job(jobs[1]).failing_since is None
        drain(sample.service, inbox.database, resources)
        assert "dead" in inbox.effects()

    @pytest.mark.parametrize("settle", [replay, drop])
    def test_only_dead_letters_are_touched(
        self, inbox: Inbox, jobs: list[int], settle: object
    ) -> None:
        assert callable(settle)
        before = {job.id: job for job in inbox.jobs()}
        with inbox.database.begin() as connection:
            assert settle(connection, None) == 1
            assert settle(connection, jobs) == 0
        changed = [job.id for job in inbox.jobs() if job != before[job.id]]
        assert changed == [jobs[1]]
