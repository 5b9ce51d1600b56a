"""For tests of services: doubles that implement the real interfaces, and waiting by condition."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from shared.database import Database
from shared.dispatch import Hint, dispatch
from shared.inbox import LANES, Lane
from shared.service import Service

T = TypeVar("T")


def eventually(condition: Callable[[], T], timeout: float = 10.0, every: float = 0.02) -> T:
    """The first true answer of `condition`; AssertionError when none comes in `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"still {answer!r} after {timeout} s")
        time.sleep(every)


class MemoryQueue:
    """`shared.dispatch.Queue` in memory: a list per lane, and `forget()` for what FLUSHALL does."""

    def __init__(self) -> None:
        self.lanes: dict[Lane, list[Hint]] = {lane: [] for lane in LANES}

    def send(self, lane: Lane, hints: Sequence[Hint]) -> None:
        self.lanes[lane] += hints

    def length(self, lane: Lane) -> int:
        return len(self.lanes[lane])

    def forget(self) -> None:
        for hints in self.lanes.values():
            hints.clear()

    def take(self) -> Hint | None:
        """The next hint, main lane first."""
        return next((self.lanes[lane].pop(0) for lane in LANES if self.lanes[lane]), None)


def drain(
    service: Service[Any],
    database: Database,
    resources: Any,
    *,
    lease: timedelta = timedelta(seconds=60),
) -> int:
    """Do everything that is due in the service's inbox, in this process; returns how many jobs."""
    queue = MemoryQueue()
    done = 0
    while dispatch(database, queue):
        while hint := queue.take():
            done += service.run(hint.job, database, resources, lease)
    return done
