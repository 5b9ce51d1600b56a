"""A program to run, and one run of it: a process group of its own, with its output in a file."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LARGEST_LOG = 20 * 1024 * 1024
MOMENT = 0.05


@dataclass(frozen=True)
class Program:
    """What to run. `stop_signal` asks it to finish; after `patience` seconds it is killed."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    stop_signal: int = signal.SIGTERM
    patience: float = 10.0
    user: int | None = None
    group: int | None = None


class Running:
    """A started program. Its whole process group is stopped and killed as one."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.started = time.monotonic()
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".old.log"))
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603  the commands are this package's own
                program.command,
                cwd=program.folder,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C on the terminal reaches only us: we stop things in order.
                start_new_session=True,
                user=program.user,
                group=program.group,
                extra_groups=[] if program.user is not None else None,
            )
        self.pid = self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

    def signal(self, number: int) -> None:
        """Send a signal to the main process only."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """Kill -9 the whole group, children that outlived their parent included."""
        kill_group(self._process)

    def ask_to_stop(self) -> None:
        if self.exit_code is None:
            self._process.send_signal(self.program.stop_signal)

    def stop(self) -> None:
        """Ask it to stop, wait for as long as its patience lasts, then kill what is left."""
        stop_together([self])

    def await_end(self, deadline: float) -> bool:
        """Whether it ended by itself; in any case nothing of it is left."""
        while self.exit_code is None and time.monotonic() < deadline:
            time.sleep(MOMENT)
        ended = self.exit_code is not None
        self.kill()
        return ended


def stop_together(running: Sequence[Running]) -> list[Running]:
    """Ask all of them at once; those that outlasted their patience, and were killed."""
    for run in running:
        run.ask_to_stop()
    asked = time.monotonic()
    return [run for run in running if not run.await_end(asked + run.program.patience)]


def kill_group(process: "subprocess.Popen[Any]") -> None:
    """Kill -9 a process that leads its group, and all in it."""
    # macOS answers PermissionError for a group that is dead already.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
