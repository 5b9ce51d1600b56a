"""Nothing stays dead, and nothing outlives its supervisor."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from deploy.local.program import Program
from deploy.local.supervisor import Supervisor
from shared.testing import eventually

# A program with a child of its own, as a worker has; both write their process id.
FAMILY = """
import os, time
pid = os.fork()
open(f"family-{os.getpid()}", "w").close()
time.sleep(600)
"""


def family(folder: Path, name: str = "family") -> Program:
    return Program(name, [sys.executable, "-c", FAMILY], folder=folder, patience=5)


def members(folder: Path) -> list[int]:
    return [int(path.name.split("-")[1]) for path in folder.glob("family-*")]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def both_started(folder: Path, *, beside: list[int] | None = None) -> list[int]:
    before = set(beside or [])

    def new() -> list[int]:
        pids = [pid for pid in members(folder) if pid not in before]
        return pids if len(pids) == 2 else []

    return eventually(new)


def is_back(supervisor: Supervisor, times: int) -> bool:
    return supervisor.restarts["family"] == times and "family" in supervisor.processes


def test_a_killed_program_is_back_within_two_seconds(tmp_path: Path) -> None:
    with Supervisor([[family(tmp_path)]], tmp_path / "logs") as supervisor:
        for times in range(1, 4):  # however often it is killed: that is not its own fault
            os.kill(supervisor.processes["family"], signal.SIGKILL)
            eventually(partial(is_back, supervisor, times), timeout=2)
        assert supervisor.restarts == {"family": 3}


def test_the_children_of_a_killed_program_do_not_live_on(tmp_path: Path) -> None:
    with Supervisor([[family(tmp_path)]], tmp_path / "logs") as supervisor:
        first = both_started(tmp_path)
        os.kill(supervisor.processes["family"], signal.SIGKILL)
        both_started(tmp_path, beside=first)
        eventually(lambda: not any(is_alive(pid) for pid in first))


def test_one_that_keeps_ending_by_itself_is_started_ever_more_rarely(tmp_path: Path) -> None:
    said: list[str] = []
    program = Program("hasty", [sys.executable, "-c", "raise SystemExit(3)"])
    with Supervisor([[program]], tmp_path / "logs", said.append) as supervisor:
        eventually(lambda: supervisor.restarts["hasty"] == 3)
        third = time.monotonic()
        eventually(lambda: supervisor.restarts["hasty"] == 4)
        assert time.monotonic() - third >= 1.0
    assert "hasty ended with code 3" in said[0]


def test_stages_are_stopped_in_reverse_order(tmp_path: Path) -> None:
    script = (
        "import signal, sys, time\n"
        "def stop(*_): open('order', 'a').write(sys.argv[1]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "open(sys.argv[1], 'w').close()\n"
        "time.sleep(600)\n"
    )
    names = ("base", "upper")
    stages = [
        [Program(name, [sys.executable, "-c", script, name], folder=tmp_path)] for name in names
    ]
    with Supervisor(stages, tmp_path / "logs"):
        eventually(lambda: all((tmp_path / name).exists() for name in names))
    assert (tmp_path / "order").read_text() == "upperbase"


def test_one_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    script = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); open('on', 'w'); time.sleep(600)"
    )
    deaf = Program("deaf", [sys.executable, "-c", script], folder=tmp_path, patience=0.3)
    said: list[str] = []
    with Supervisor([[deaf]], tmp_path / "logs", said.append) as supervisor:
        eventually(lambda: (tmp_path / "on").exists())
        pid = supervisor.processes["deaf"]
    assert not is_alive(pid)
    assert said == ["deaf did not stop in time: killed"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_a_killed_supervisor(tmp_path: Path, number: int) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from deploy.local.program import Program\n"
        "from deploy.local.supervisor import Supervisor\n"
        "folder = Path(sys.argv[1])\n"
        "family = Program('family', [sys.executable, '-c', sys.argv[2]], folder=folder)\n"
        "Supervisor([[family]], folder / 'logs').start()\n"
        "time.sleep(600)\n"
    )
    supervisor = subprocess.Popen(
        [
            sys.executable,
            "-c",
            script,
            str(tmp_path),
            FAMILY,
        ]
    )
    pids = both_started(tmp_path)
    supervisor.send_signal(number)
    supervisor.wait()
    eventually(lambda: not any(is_alive(pid) for pid in pids))
