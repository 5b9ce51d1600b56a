"""A worker that is frozen past its lease, and comes back when another one has done its job."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from shared.base.database import Database
from shared.base.errors import LeaseLost
from shared.bus.dispatch import dispatch
from shared.bus.lease import Lease, claim
from shared.testing import MemoryQueue, eventually
from tests.shared.conftest import ROOT, Environment, Inbox
from tests.shared.sample import ThingHappened

LEASE = timedelta(seconds=1)
PATIENCE = 60.0  # seconds for a process to start where many others do


def main(url: str, job_id: str, folder: str) -> None:
    """In a process of its own: take the job, say so, wait for the word, then try every write."""
    database = Database.open(url)
    lease = claim(database, int(job_id), LEASE)
    assert lease is not None
    Path(folder, "claimed").touch()
    eventually(Path(folder, "go").exists, timeout=PATIENCE)
    refused = [
        name
        for name, write in {
            "mark": lambda: lease.mark("dot"),
            "hold": lambda: _hold(lease),
            "complete": lambda: _complete(lease),
            "fail": lambda: lease.fail(ValueError("late")),
        }.items()
        if _is_refused(write)
    ]
    Path(folder, "refused").write_text(" ".join(refused))


def _hold(lease: Lease) -> None:
    with lease.database.begin() as connection:
        lease.hold(connection)


def _complete(lease: Lease) -> None:
    with lease.database.begin() as connection:
        lease.complete(connection)


def _is_refused(write: Callable[[], object]) -> bool:
    try:
        write()
    except LeaseLost:
        return True
    return False


def test_it_can_neither_mark_nor_hold_nor_complete_nor_fail(
    inbox: Inbox, environment: Environment, tmp_path: Path
) -> None:
    (job_id,) = inbox.file(ThingHappened(name="a"))
    dispatch(inbox.database, MemoryQueue())
    url = environment["EMARGE_DATABASE_URL"]
    frozen = subprocess.Popen(
        [sys.executable, "-m", "tests.shared.test_frozen_worker", url, str(job_id), tmp_path],
        env=environment,
        cwd=ROOT,
    )
    try:
        eventually((tmp_path / "claimed").exists, timeout=PATIENCE)
        os.kill(frozen.pid, signal.SIGSTOP)
        eventually(lambda: dispatch(inbox.database, MemoryQueue()))
        owner = claim(inbox.database, job_id, timedelta(minutes=1))
        assert owner is not None
        before = inbox.job(job_id)
        assert (before.state, before.tries) == ("running", 2)

        (tmp_path / "go").touch()
        os.kill(frozen.pid, signal.SIGCONT)
        assert frozen.wait(timeout=PATIENCE) == 0
    finally:
        frozen.kill()
        frozen.wait()
    assert (tmp_path / "refused").read_text() == "mark hold complete fail"
    assert inbox.job(job_id) == before
    _complete(owner)
    assert inbox.states() == ["done"]


if __name__ == "__main__":
    main(*sys.argv[1:])
