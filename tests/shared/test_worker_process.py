"""A real worker on a real broker, killed in every way."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import kombu.pools
import pytest

from deploy.local.redis import PrivateRedis
from shared.base.clock import now
from shared.base.settings import Settings
from shared.bus.delays import MAX_TRIES
from shared.bus.dispatch import dispatch
from shared.process.queue import CeleryQueue, celery_app
from shared.testing import eventually
from tests.shared.conftest import TOKEN, Inbox
from tests.shared.sample import HeavyThingHappened, ThingHappened

PATIENCE = 90.0  # seconds, where many other things run
Start = Callable[..., subprocess.Popen[bytes]]


class Hands:
    """Hands out what is due to a real queue until something is true."""

    def __init__(self, inbox: Inbox, url: str) -> None:
        settings = Settings(service="sample", broker_url=url, service_token=TOKEN)
        self._inbox = inbox
        self._queue = CeleryQueue(celery_app(settings), "sample")

    def out(self) -> None:
        dispatch(self._inbox.database, self._queue)

    def until(self, condition: Callable[[], object]) -> None:
        def turn() -> object:
            self.out()
            return condition()

        eventually(turn, timeout=PATIENCE, every=0.1)


@pytest.fixture
def hands(inbox: Inbox, redis_url: str) -> Iterator[Hands]:
    yield Hands(inbox, redis_url)
    kombu.pools.reset()


@pytest.fixture(params=["sqlite_url"])
def database_url(request: pytest.FixtureRequest) -> str:
    """What a worker does with its database is tested on both elsewhere: here it is its process."""
    url: str = request.getfixturevalue(request.param)
    return url


both_databases = pytest.mark.parametrize(
    "database_url", ["sqlite_url", "postgres_url"], indirect=True
)


def processes() -> list[tuple[int, int, str]]:
    """Number, parent's number and state of each process of this machine."""
    columns = ["ps", "-A", "-o", "pid=,ppid=,stat="]
    listed = subprocess.run(columns, capture_output=True, text=True, check=True)
    rows = (line.split() for line in listed.stdout.splitlines())
    return [(int(pid), int(parent), state) for pid, parent, state in rows]


def children(process: subprocess.Popen[bytes]) -> list[int]:
    return [pid for pid, parent, _ in processes() if parent == process.pid]


def end_leases(inbox: Inbox) -> None:
    """As if their time had passed."""
    for job in inbox.jobs():
        if job.state == "running":
            inbox.set(job.id, next_at=now() - timedelta(seconds=1))


def test_jobs_are_done_with_one_line_each(
    inbox: Inbox, hands: Hands, start: Start, tmp_path: Path
) -> None:
    inbox.file(*(ThingHappened(name=str(number)) for number in range(20)))
    start("worker", EMARGE_LOG_FORMAT="json")
    hands.until(lambda: len(inbox.effects()) == 20)
    assert sorted(inbox.effects(), key=int) == [str(number) for number in range(20)]
    lines = eventually(lambda: _lines(tmp_path, '"event": "done"', 20))
    assert all('"type": "thing.happened"' in line for line in lines)
    text = (tmp_path / "process-0.log").read_text()
    assert "received" not in text
    assert "[tasks]" not in text  # the banner


def _lines(folder: Path, having: str, count: int) -> list[str] | None:
    text = (folder / "process-0.log").read_text()
    lines = [line for line in text.splitlines() if having in line]
    return lines if len(lines) == count else None


def test_poison_that_kills_its_process_is_counted_and_given_up(
    inbox: Inbox, hands: Hands, start: Start
) -> None:
    poison, *_ = inbox.file(ThingHappened(name="poison", does="exit"), *map(named, ("a", "b", "c")))
    inbox.set(poison, tries=MAX_TRIES - 2)
    start("worker")
    hands.until(lambda: inbox.job(poison).tries == MAX_TRIES - 1)
    hands.until(lambda: sorted(inbox.effects()) == ["a", "b", "c"])
    end_leases(inbox)
    hands.until(lambda: inbox.job(poison).state == "waiting")
    inbox.make_due()
    hands.until(lambda: inbox.job(poison).tries == MAX_TRIES)
    end_leases(inbox)
    hands.until(lambda: inbox.job(poison).state == "dead")
    assert "the worker died or hung" in inbox.job(poison).error


def test_a_job_that_hangs_is_stopped_before_its_lease_ends(
    inbox: Inbox, hands: Hands, start: Start
) -> None:
    (job_id,) = inbox.file(ThingHappened(name="a", does="overrun"))
    start("worker", EMARGE_LEASE="12")
    hands.until(lambda: inbox.job(job_id).error)
    job = inbox.job(job_id)
    assert "SoftTimeLimitExceeded" in job.error
    assert (job.state, job.tries) == ("waiting", 1)


@both_databases
def test_a_child_killed_at_work_loses_and_repeats_nothing(
    inbox: Inbox, hands: Hands, start: Start
) -> None:
    inbox.file(ThingHappened(name="slow", takes=1.5), *map(named, "abcde"))
    worker = start("worker")
    hands.until(lambda: "running" in inbox.states())
    for child in children(worker):
        os.kill(child, signal.SIGKILL)
    end_leases(inbox)
    hands.until(lambda: set(inbox.states()) == {"done"})
    assert sorted(inbox.effects()) == ["a", "b", "c", "d", "e", "slow"]
    assert worker.poll() is None


@both_databases
def test_a_worker_killed_at_work_loses_and_repeats_nothing(
    inbox: Inbox, hands: Hands, start: Start
) -> None:
    inbox.file(ThingHappened(name="slow", takes=1.5), *map(named, "abcde"))
    worker = start("worker")
    hands.until(lambda: "running" in inbox.states())
    family = children(worker)
    worker.kill()
    worker.wait()
    end_leases(inbox)
    start("worker")
    hands.until(lambda: set(inbox.states()) == {"done"})
    assert sorted(inbox.effects()) == ["a", "b", "c", "d", "e", "slow"]
    eventually(lambda: not any(map(_is_alive, family)), timeout=PATIENCE)


def test_a_worker_told_to_stop_finishes_what_it_does(
    inbox: Inbox, hands: Hands, start: Start
) -> None:
    slow, _ = inbox.file(ThingHappened(name="slow", takes=1.5), named("next"))
    worker = start("worker")
    hands.until(lambda: inbox.job(slow).state == "running")
    worker.terminate()
    assert worker.wait(timeout=PATIENCE) == 0
    assert inbox.job(slow).state == "done"
    assert inbox.job(slow).tries == 1


def test_bulk_never_delays_main(inbox: Inbox, hands: Hands, start: Start) -> None:
    inbox.file(*(HeavyThingHappened(name=f"bulk {number}") for number in range(30)))
    hands.out()
    inbox.file(*(ThingHappened(name=f"main {number}") for number in range(10)))
    hands.out()
    start("worker")
    hands.until(lambda: len(inbox.effects()) == 40)
    assert [name.partition(" ")[0] for name in inbox.effects()[:10]] == ["main"] * 10


def test_a_broker_killed_and_emptied_is_a_delay(inbox: Inbox, start: Start) -> None:
    with PrivateRedis() as redis:
        hands = Hands(inbox, redis.url)
        start("worker", EMARGE_BROKER_URL=redis.url, EMARGE_REDIS_URL=redis.url)
        inbox.file(named("before"))
        hands.until(lambda: inbox.effects() == ["before"])
        redis.kill()
        for file in redis.folder.glob("appendonlydir/*"):
            file.unlink()
        inbox.file(named("while it is down"))
        hands.out()
        redis.start()
        inbox.file(named("after"))
        hands.until(lambda: len(inbox.effects()) == 3)
        kombu.pools.reset()
    assert sorted(inbox.effects()) == ["after", "before", "while it is down"]


def test_a_worker_whose_broker_dies_while_it_works_goes_on(inbox: Inbox, start: Start) -> None:
    """The hint of the job in hand can no longer be acknowledged: the first time, and again."""
    with PrivateRedis() as redis:
        hands = Hands(inbox, redis.url)
        urls = {"EMARGE_BROKER_URL": redis.url, "EMARGE_REDIS_URL": redis.url}
        start("worker", EMARGE_CONCURRENCY="2", **urls)
        for _ in range(3):
            slow = inbox.file(*(ThingHappened(name="slow", takes=1.5) for _ in range(2)))
            hands.until(lambda jobs=slow: {inbox.job(job).state for job in jobs} == {"running"})  # type: ignore[misc]  # mypy reads no lambda with a default
            redis.kill()
            eventually(
                lambda jobs=slow: {inbox.job(job).state for job in jobs} == {"done"},  # type: ignore[misc]  # mypy reads no lambda with a default
                timeout=PATIENCE,
            )
            redis.start()
            inbox.file(named("next"))
            hands.until(lambda: set(inbox.states()) == {"done"})
        kombu.pools.reset()
    assert sorted(inbox.effects()) == ["next"] * 3 + ["slow"] * 6


def named(name: str) -> ThingHappened:
    return ThingHappened(name=name)


def _is_alive(pid: int) -> bool:
    return any(pid == found and not state.startswith("Z") for found, _, state in processes())
