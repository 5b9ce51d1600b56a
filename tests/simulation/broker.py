"""Hints, by a broker that loses, repeats and reorders them."""

from collections.abc import Sequence

from shared.bus.dispatch import Hint
from shared.bus.inbox import LANES, Lane
from tests.simulation.world import World


class Broker:
    """`shared.bus.dispatch.Queue`, and what workers take from it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._hints: dict[Lane, list[Hint]] = {lane: [] for lane in LANES}

    def send(self, lane: Lane, hints: Sequence[Hint]) -> None:
        if not hints:
            return
        world = self._world
        if world.fault("broker away", "finds the broker away", *(hint.job for hint in hints)):
            return
        for hint in hints:
            world.tell(f"sends a hint for job {hint.job}", hint.job)
            if world.fault("hint lost", f"the hint for job {hint.job} is lost", hint.job):
                continue
            self._hints[lane].append(hint)
            if world.fault("hint twice", f"the hint for job {hint.job} comes twice", hint.job):
                self._hints[lane].append(hint)
        world.point("answer of the broker")

    def length(self, lane: Lane) -> int:
        self._world.point("length of a queue")
        if self._world.fault("broker away", "finds the broker away"):
            return 0
        return len(self._hints[lane])

    def has_any(self) -> bool:
        return any(self._hints.values())

    def take(self) -> tuple[Lane, Hint]:
        """Mostly the oldest, of the main lane before the other."""
        lane: Lane = "main" if self._hints["main"] else "bulk"
        hints = self._hints[lane]
        return lane, hints.pop(self._world.pick(len(hints), 0.8))

    def lost_consumer(self, lane: Lane, hint: Hint) -> None:
        """Who had it died before it was acknowledged: it comes again, or not."""
        if self._world.pick(2):
            self._hints[lane].append(hint)

    def forget_all(self) -> None:
        for hints in self._hints.values():
            hints.clear()
