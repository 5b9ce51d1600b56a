"""The same day by arithmetic: what must have happened, whoever was faster than whom.

It knows nothing of Emarge: places, waitlists in order, and one email for each thing that befalls a
person.
"""

from collections import Counter, deque
from collections.abc import Mapping


class OnPaper:
    """Counts by workshop, and how many emails of each kind they make."""

    def __init__(self, capacities: Mapping[str, int]) -> None:
        self.capacities = dict(capacities)
        self.held = Counter(dict.fromkeys(capacities, 0))
        # Who waits: the workshop they hold meanwhile, or None.
        self.waiting: dict[str, deque[str | None]] = {name: deque() for name in capacities}
        self.emails: Counter[str] = Counter()

    def register(self, workshop: str) -> None:
        if self._has_place(workshop):
            self.held[workshop] += 1
            self.emails["confirmed"] += 1
        else:
            self.waiting[workshop].append(None)
            self.emails["waitlisted"] += 1

    def move_from_waitlist(self, waited_for: str, workshop: str) -> None:
        """Someone gives up waiting and takes a place elsewhere."""
        self.waiting[waited_for].remove(None)
        self.held[workshop] += 1
        self.emails["changed"] += 1

    def ask_for_swap(self, held: str, wanted: str) -> None:
        """Someone keeps what they have until there is a place in what they want."""
        self.waiting[wanted].append(held)
        self.emails["changed"] += 1

    def cancel(self, workshop: str) -> None:
        """Someone gives their place back, and it goes to whoever waits."""
        self.emails["cancelled"] += 1
        self._free(workshop)

    def cancel_waiting(self, workshop: str) -> None:
        self.waiting[workshop].remove(None)
        self.emails["cancelled"] += 1

    @property
    def confirmed(self) -> int:
        """How many people have a workshop."""
        return sum(self.held.values())

    @property
    def waitlisted(self) -> int:
        """How many people have none yet."""
        return sum(queue.count(None) for queue in self.waiting.values())

    def _has_place(self, workshop: str) -> bool:
        return self.held[workshop] < self.capacities[workshop]

    def _free(self, workshop: str) -> None:
        self.held[workshop] -= 1
        if self.waiting[workshop]:
            given_back = self.waiting[workshop].popleft()
            self.held[workshop] += 1
            self.emails["promoted"] += 1
            if given_back is not None:
                self._free(given_back)
