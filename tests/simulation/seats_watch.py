"""What must be true of the publisher's database at every commit: no seat too many, nobody waits
beside a free place, nobody is overtaken, each change has its event, and positions are dense."""

from tests.simulation.requests import MIDNIGHT, SESSIONS
from tests.simulation.seams import START
from tests.simulation.store import Store
from tests.simulation.world import Violation, World

_COUNTS = """
SELECT s.slug, coalesce(s.capacity, 0), s.taken, s.waiting,
  (SELECT count(*) FROM seat x WHERE x.session_id = s.id AND x.state = 'held'),
  (SELECT count(*) FROM seat x WHERE x.session_id = s.id AND x.state = 'waiting')
FROM session s WHERE s.capacity IS NOT NULL
"""
_SEATS = """
SELECT s.slug, x.registration_id, x.state, x.ticket
FROM seat x JOIN session s ON s.id = x.session_id ORDER BY x.ticket
"""
_TOLD = """
SELECT r.id, r.revision, (
  SELECT count(*) FROM event e WHERE e.subject = r.id AND e.type IN (
    'registration.confirmed', 'registration.waitlisted', 'registration.promoted',
    'registration.changed', 'registration.cancelled'))
FROM registration r WHERE r.erased_at IS NULL
"""

BEGINS = (MIDNIGHT - START).total_seconds() + 10 * 3600  # its workshops, a little later

Seats = dict[str, dict[str, int | None]]  # session: registration: its ticket, none of who sits


class SeatsWatch:
    def __init__(self, store: Store, world: World) -> None:
        self._store, self._world = store, world
        self._before: Seats = {slug: {} for slug in SESSIONS}
        self.positions: dict[int, str] = {}
        self.types: dict[str, tuple[str, int]] = {}
        self.head = 0
        self._living: set[str] | None = None  # once the day was cancelled

    def look(self) -> None:
        self._count()
        self._lines()
        self._log()
        self._events()

    def _count(self) -> None:
        stays = self._is_called_off() or self._world.now > BEGINS
        for slug, capacity, taken, waiting, held, queued in self._store.query(_COUNTS):
            if not taken == held <= capacity:
                raise Violation(
                    f"seats: {slug} has {held} seats held, {taken} counted, and holds {capacity}",
                    slug,
                )
            if waiting != queued:
                raise Violation(f"seats: {slug} counts {waiting} who wait, and {queued} do", slug)
            if queued and taken < capacity and not stays:
                raise Violation(f"seats: somebody waits for {slug} beside a free place", slug)

    def _is_called_off(self) -> bool:
        """Then nobody gets a place any more."""
        if not self._store.query("SELECT 1 FROM conference WHERE stage = 'cancelled'"):
            return False
        found = self._store.query("SELECT id FROM registration WHERE status <> 'cancelled'")
        living = {row[0] for row in found}
        if self._living is None:
            self._living = living
        if new := living - self._living:
            raise Violation("seats: somebody got a place of a day that was cancelled", *new)
        return True

    def _lines(self) -> None:
        now: Seats = {slug: {} for slug in SESSIONS}
        for slug, registration, _state, ticket in self._store.query(_SEATS):
            if slug in now:
                now[slug][registration] = ticket
        for slug, seats in now.items():
            before = self._before[slug]
            line = _line(seats)
            still = [each for each in _line(before) if each in line]
            if line[: len(still)] != still:
                raise Violation(f"waitlist: the order of {slug} changed", slug, *line)
            if still:
                self._overtaking(slug, before, now, still)
        self._before = now

    def _overtaking(
        self, slug: str, before: Seats | dict[str, int | None], now: Seats, still: list[str]
    ) -> None:
        """Whoever sits down before somebody with a lower ticket has given up a seat for it: wishes
        that fit together are exchanged."""
        first = now[slug][still[0]]
        assert first is not None
        for registration, ticket in now[slug].items():
            old = before.get(registration)
            if ticket is not None or (registration in before and old is None):
                continue
            if isinstance(old, int) and old < first:
                continue
            gave = any(
                registration in seats
                and seats[registration] is None
                and registration not in now[other]
                for other, seats in self._before.items()
            )
            if not gave:
                raise Violation(
                    f"waitlist: somebody overtook in {slug}", slug, registration, still[0]
                )

    def _log(self) -> None:
        (head,) = self._store.query("SELECT position FROM log_head")[0]
        if head == self.head:
            return
        found = self._store.query(
            "SELECT position, id, type, json_extract(envelope, '$.dataschema') FROM event"
            " WHERE position > ? ORDER BY position",
            self.head,
        )
        if [row[0] for row in found] != list(range(self.head + 1, head + 1)):
            raise Violation(f"positions: not dense from {self.head} to {head}")
        for position, identity, type_, schema in found:
            version = int(schema.removesuffix(".json").rpartition(".v")[2])
            self.positions[position] = identity
            self.types[identity] = (type_, version)
        self.head = head

    def _events(self) -> None:
        for identity, revision, told in self._store.query(_TOLD):
            if told != revision + 1:
                raise Violation(
                    f"event: a registration at revision {revision} has {told} events", identity
                )

    def after_crash(self) -> None:
        """Positions that nobody waited for may be given anew; not to another event once read."""
        (head,) = self._store.query("SELECT position FROM log_head")[0]
        self.head = min(self.head, head)


def _line(seats: dict[str, int | None]) -> list[str]:
    waiting = [(ticket, each) for each, ticket in seats.items() if ticket is not None]
    return [each for _, each in sorted(waiting)]
