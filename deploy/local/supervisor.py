"""Keeps programs running: what dies is started again, what is renewed finishes first, and at the
end all stop in order."""

import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.lifeline import Lifeline
from deploy.local.program import Program, Running, stop_together

ROUND = 0.1
# Seconds before a program that ended by itself is started again, longer each time it does so.
DELAYS = (0.2, 0.5, 1.0, 2.0, 5.0)
# One that was killed did nothing wrong: it is back at once, however often it happens.
DELAY_AFTER_KILL = 0.1
# Having run for this long, a program counts as well again.
WELL_AFTER = 10.0


@dataclass
class Care:
    """What the supervisor knows of one program."""

    program: Program
    run: Running | None = None
    failures: int = 0
    restarts: int = 0
    due: float = field(default_factory=time.monotonic)
    leaving: float | None = None  # until when it may finish, before it is started anew


class Supervisor:
    """Runs stages of programs, each stage started after and stopped before the one it stands on.

        with Supervisor([[redis], [web, worker]], logs) as supervisor: ...

    A thread of its own looks after them. `say` is told of every death and every restart.
    """

    def __init__(
        self,
        stages: Sequence[Sequence[Program]],
        logs: Path,
        say: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._stages = [[Care(program) for program in stage] for stage in stages]
        self._logs = logs
        self._say = say
        self._lifeline = Lifeline()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._asked: set[str] = set()
        self._thread = threading.Thread(target=self._look_after, name="supervisor", daemon=True)

    @property
    def processes(self) -> dict[str, int]:
        """Process id by name of program, of those that run now."""
        return {
            care.program.name: care.run.pid
            for care in self._all()
            if care.run is not None and care.run.exit_code is None
        }

    @property
    def restarts(self) -> dict[str, int]:
        return {care.program.name: care.restarts for care in self._all()}

    def renew(self, names: Collection[str]) -> None:
        """Ask these to finish what they do, and start them anew; one that waits to be started again
        waits no more."""
        with self._lock:
            self._asked |= set(names)

    def start(self) -> None:
        self._round()
        self._thread.start()

    def stop(self) -> None:
        """Stop the stages in reverse order, all programs of a stage together."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        for stage in reversed(self._stages):
            running = [care.run for care in stage if care.run is not None]
            for killed in stop_together(running):
                self._say(f"{killed.program.name} did not stop in time: killed")
            for run in running:
                self._lifeline.remove(run.pid)
        self._lifeline.close()

    def __enter__(self) -> "Supervisor":
        self.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.stop()

    def _all(self) -> list[Care]:
        return [care for stage in self._stages for care in stage]

    def _look_after(self) -> None:
        while not self._stopping.wait(ROUND):
            self._round()

    def _round(self) -> None:
        self._lifeline.restart_if_dead()
        with self._lock:
            asked, self._asked = self._asked, set()
        for care in self._all():
            if care.program.name in asked:
                _ask_to_leave(care)
            if care.run is None:
                if time.monotonic() >= care.due:
                    self._run(care)
            elif (code := care.run.exit_code) is not None:
                self._bury(care, care.run, code)
            elif care.leaving is not None and time.monotonic() > care.leaving:
                self._say(f"{care.program.name} did not stop in time: killed")
                care.run.kill()

    def _run(self, care: Care) -> None:
        care.run = Running(care.program, self._logs / f"{care.program.name}.log")
        self._lifeline.add(care.run.pid)

    def _bury(self, care: Care, run: Running, code: int) -> None:
        run.kill()  # its children: a worker's would otherwise go on without their parent
        self._lifeline.remove(run.pid)
        care.run = None
        if care.leaving is not None:
            care.leaving, care.failures, care.due = None, 0, time.monotonic()
            return
        care.restarts += 1
        if time.monotonic() - run.started > WELL_AFTER:
            care.failures = 0
        if code < 0:
            delay, how = DELAY_AFTER_KILL, f"was killed (signal {-code})"
        else:
            delay = DELAYS[min(care.failures, len(DELAYS) - 1)]
            care.failures += 1
            how = f"ended with code {code}, see {self._logs / care.program.name}.log"
        care.due = time.monotonic() + delay
        self._say(f"{care.program.name} {how}; starting it again")


def _ask_to_leave(care: Care) -> None:
    if care.run is None:
        care.failures, care.due = 0, time.monotonic()
    elif care.leaving is None:
        care.leaving = time.monotonic() + care.program.patience
        care.run.ask_to_stop()
