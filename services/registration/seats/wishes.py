"""What a waiting person can be given without becoming less than they are, and whose wishes fit
together: pure, over who holds and waits for what.

Granting somebody a session releases what they hold at its hour. Where that would leave a slot
empty in which a choice must be made, what else they wait for must be granted with it, or nothing.
An exchange is a set of grants of which each takes the place that another one releases: it takes no
place from anybody who waits for longer.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from services.registration.programme.facts import Conference, Session
from services.registration.seats.rules import released_by


@dataclass(frozen=True)
class Wisher:
    """Somebody who waits; ids of sessions, and of those waited for the tickets."""

    id: str
    held: frozenset[int]
    waiting: Mapping[int, int]


@dataclass(frozen=True)
class Grant:
    """Sessions that one person gets, and those given back in exchange."""

    granted: tuple[int, ...]
    released: tuple[int, ...]


@dataclass(frozen=True)
class Day:
    """The programme as far as granting goes: what has begun is neither given nor taken away."""

    conference: Conference
    begun: frozenset[int] = frozenset()

    @property
    def slots(self) -> tuple[tuple[Session, ...], ...]:
        return self.conference.must_choose

    def grant(self, wisher: Wisher, session: int) -> Grant | None:
        """What it means for them to be given the session; None when they cannot be."""
        granted = [session]
        while True:
            released = {
                other
                for each in granted
                for other in released_by(self.conference, each, wisher.held)
            }
            if self.begun.intersection(granted) or self.begun.intersection(released):
                return None
            left = wisher.held - released | set(granted)
            lost = next(
                (
                    slot
                    for slot in self.slots
                    if _covers(slot, wisher.held) and not _covers(slot, left)
                ),
                None,
            )
            if lost is None:
                return Grant(tuple(granted), tuple(sorted(released)))
            more = self._another(wisher, lost, granted)
            if more is None:
                return None
            granted.append(more)

    def _another(
        self, wisher: Wisher, slot: Iterable[Session], granted: Iterable[int]
    ) -> int | None:
        """What else they wait for in a slot, beside what is granted."""
        beside = [self.conference.by_id[each] for each in granted]
        for session in slot:
            if session.id in wisher.waiting and not any(session.overlaps(o) for o in beside):
                return session.id
        return None


class Exchange:
    """Looks for an exchange among these people. `free` are places that nobody has."""

    def __init__(self, day: Day, wishers: Iterable[Wisher], free: Mapping[int, int]) -> None:
        self._day = day
        self._spare = Counter(free)
        self._moved: dict[str, Grant] = {}
        self._dead: set[int] = set()  # sessions in which no place can be freed
        self._holders: dict[int, list[tuple[int, int, Wisher]]] = {}
        for wisher in wishers:
            for wanted, ticket in wisher.waiting.items():
                for held in wisher.held:
                    self._holders.setdefault(held, []).append((ticket, wanted, wisher))
        for line in self._holders.values():
            line.sort(key=lambda each: each[:2])

    def starting_with(self, mover: Wisher) -> dict[str, Grant]:
        """Who gets what, the mover among them; nothing when no wishes fit together."""
        free = self._spare
        for wanted in sorted(mover.waiting, key=lambda session: mover.waiting[session]):
            self._spare, self._moved, self._dead = Counter(free), {}, set()
            grant = self._day.grant(mover, wanted)
            if grant is not None and grant.released and self._serve(mover, grant):
                break
        else:
            self._moved = {}
        self._spare, found = free, self._moved
        return found

    def _serve(self, wisher: Wisher, grant: Grant, promised: int | None = None) -> bool:
        """Find a place in all that is granted; otherwise leave everything as it was. What they
        release is spare then, but for the session that is promised to somebody."""
        spare, moved = Counter(self._spare), dict(self._moved)
        self._moved[wisher.id] = grant
        self._spare.update(session for session in grant.released if session != promised)
        for session in grant.granted:
            if self._spare[session] > 0:
                self._spare[session] -= 1
            elif not self._free_up(session):
                self._spare, self._moved = spare, moved
                return False
        return True

    def _free_up(self, session: int) -> bool:
        """Serve somebody who then leaves the session, the longest waiting first; their place is
        the caller's."""
        if session in self._dead:
            return False
        self._dead.add(session)
        return any(self._serve(other, grant, session) for other, grant in self._leaving(session))

    def _leaving(self, session: int) -> Iterator[tuple[Wisher, Grant]]:
        for _, wanted, wisher in self._holders.get(session, ()):
            hopeless = wanted in self._dead and self._spare[wanted] <= 0
            if hopeless or wisher.id in self._moved:
                continue
            grant = self._day.grant(wisher, wanted)
            if grant is not None and session in grant.released:
                yield wisher, grant


def _covers(slot: Iterable[Session], sessions: Collection[int]) -> bool:
    return any(session.id in sessions for session in slot)
