"""Every decision of a run, drawn from its seed and written down. The same list is the same run, so
a calmer list is how a failure is shrunk."""

import random
from collections.abc import Sequence


class Choices:
    """0 is always the calm choice: go on with the same process, no fault, the shortest time. What
    is `given` is repeated, and calm after its end."""

    def __init__(self, seed: int, given: Sequence[int] | None = None) -> None:
        self.seed = seed
        self.made: list[int] = []
        self._given = given
        self._random = random.Random(seed)

    def pick(self, n: int, calm: float | None = None) -> int:
        """One of n; the calm one with this probability, or each alike."""
        if n <= 1:
            return 0
        if self._given is not None:
            at = len(self.made)
            value = min(self._given[at], n - 1) if at < len(self._given) else 0
        elif calm is None:
            value = int(self._random.random() * n)
        elif self._random.random() < calm:
            value = 0
        else:
            value = 1 + int(self._random.random() * (n - 1))
        self.made.append(value)
        return value
