"""From a run that fails to the calmest one that fails in the same way: fewer decisions, more of
them calm."""

from collections.abc import Callable, Sequence

from tests.simulation.choices import Choices
from tests.simulation.run import Run
from tests.simulation.world import Violation

Attempt = Callable[[Choices], tuple[Run, Violation | None]]


def shrink(
    attempt: Attempt, seed: int, made: Sequence[int], kind: str, goes_on: Callable[[], bool]
) -> list[int]:
    """The decisions of a calmer run, looked for as long as it goes on."""
    best = list(made)

    def fails(decisions: Sequence[int]) -> bool:
        if not goes_on():
            return False
        _, violation = attempt(Choices(seed, decisions))
        return violation is not None and violation.kind == kind

    best = _shortest_beginning(best, fails)
    size = max(1, len(best) // 4)
    while goes_on():
        calmer = _calmed(best, size, fails)
        if size == 1 and calmer == best:
            break
        best, size = calmer, max(1, size // 2)
    while best and best[-1] == 0:
        best.pop()
    return best


def _shortest_beginning(made: list[int], fails: Callable[[Sequence[int]], bool]) -> list[int]:
    """After it all is calm."""
    low, high = 0, len(made)
    while high - low > 8:
        middle = (low + high) // 2
        if fails(made[:middle]):
            high = middle
        else:
            low = middle
    return made[:high]


def _calmed(made: list[int], size: int, fails: Callable[[Sequence[int]], bool]) -> list[int]:
    """Parts of this size made calm, one after the other, where it fails all the same."""
    best = list(made)
    for start in range(0, len(best), size):
        part = best[start : start + size]
        if any(part):
            candidate = [*best[:start], *[0] * len(part), *best[start + size :]]
            if fails(candidate):
                best = candidate
    return best
