"""Doing again what was done, or given up."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.bus.deadletters import dead_letters, drop, replay, replay_from
from shared.testing import drain
from tests.shared import sample
from tests.shared.conftest import Inbox
from tests.shared.sample import Resources, ThingHappened


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
    def test_they_are_listed_with_the_reason_oldest_first(self, inbox: Inbox) -> None:
        first, second = inbox.file(ThingHappened(name="a"), ThingHappened(name="b"))
        for job_id in (first, second):
            inbox.set(job_id, state="dead", error=f"reason {job_id}")
        with inbox.database.read() as connection:
            letters = dead_letters(connection)
        assert [(letter["id"], letter["error"]) for letter in letters] == [
            (first, f"reason {first}"),
            (second, f"reason {second}"),
        ]

    def test_replayed_it_starts_from_the_first_try_at_once(
        self, inbox: Inbox, jobs: list[int], resources: Resources
    ) -> None:
        inbox.set(jobs[1], next_at=datetime.now(UTC) + timedelta(hours=3))
        with inbox.database.begin() as connection:
            assert replay(connection, [jobs[1]]) == 1
        assert inbox.job(jobs[1]).tries == 0
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
