"""Doubles that implement the real interfaces."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from shared.base.database import Database
from shared.bus.dispatch import Hint, dispatch
from shared.bus.inbox import LANES, Lane
from shared.process.service import Service


class MemoryQueue:
    """`dispatch.Queue` in memory: a list per lane; `forget()` does what FLUSHALL does."""

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
    while dispatch(database, queue, service.delays):
        while hint := queue.take():
            done += service.run(hint.job, database, resources, lease)
    return done
