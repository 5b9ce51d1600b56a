"""The world of a run: one thread, processes that are greenlets, a clock that nobody waits for.

A process goes on until its next point (a statement, a commit, a byte sent, a wait). There others
may go on before it, and there it may be killed or frozen.
"""

import hashlib
import traceback
from collections.abc import Callable
from typing import Protocol

import greenlet

from tests.simulation.choices import Choices

STEP = 0.001  # seconds that pass from one point to the next
FREEZES = (2.0, 6.0, 20.0, 90.0)  # seconds
RESTARTS = (0.5, 0.0, 3.0, 20.0)
LONG = (9.0, 12.0, 25.0)
JUMPS = (1.0, 7.0, 70.0, 4000.0)


class Crash(BaseException):
    """kill -9: nothing in the code under test may catch it."""


class Violation(AssertionError):
    """A promise is not kept. The first word says which; `about` are the numbers and identities that
    the story is told of."""

    def __init__(self, told: str, *about: object) -> None:
        super().__init__(told)
        self.about = frozenset(map(str, about))

    @property
    def kind(self) -> str:
        return str(self).partition(":")[0]


class Mortal(Protocol):
    """What notices the death of a process."""

    def died(self, actor: "Actor") -> None: ...


class Actor:
    """One process, again and again: when it was killed, another incarnation of it starts."""

    def __init__(self, world: "World", name: str, body: Callable[["Actor"], None]) -> None:
        self.world, self.name, self._body = world, name, body
        self.wake = 0.0
        self.condition: Callable[[], bool] | None = None
        self.incarnation = 0
        self.skew = 0.0  # seconds by which its clock differs
        self.writing = False  # it holds a database's write lock: then it is not frozen
        self.dying = False
        self.finished = False
        self.on_death: Callable[[], None] = lambda: None
        self._greenlet: greenlet.greenlet | None = None

    @property
    def kind(self) -> str:
        return self.name.partition("-")[0]

    @property
    def known_as(self) -> str:
        return self.name if self.incarnation < 2 else f"{self.name}, started anew"

    def is_ready(self, now: float) -> bool:
        if self.finished or self.wake > now:
            return False
        return self.condition is None or self.condition()

    def is_running(self) -> bool:
        return greenlet.getcurrent() is self._greenlet

    def resume(self) -> None:
        if self._greenlet is None or self._greenlet.dead:
            self.incarnation += 1
            self._greenlet = greenlet.greenlet(self._live, parent=self.world.hub)
        self.condition = None
        self._greenlet.switch()

    def end(self) -> None:
        if self._greenlet is not None and not self._greenlet.dead:
            self.dying = True
            self._greenlet.throw(greenlet.GreenletExit)

    def _live(self) -> None:
        try:
            self._body(self)
            self.finished = True
        except (greenlet.GreenletExit, Violation) as error:
            if isinstance(error, Violation):
                self.world.fail(error)
        except BaseException as error:  # noqa: BLE001  whatever the last words of the dying are
            if self.world.over:
                return
            if self.dying:
                self._be_buried()
                return
            told = traceback.format_exc(limit=-6)
            self.world.fail(Violation(f"unexpected: {type(error).__name__} in {self.name}\n{told}"))

    def _be_buried(self) -> None:
        self.writing = self.dying = False
        for witness in self.world.witnesses:
            witness.died(self)
        self.on_death()
        self.wake = self.world.now + RESTARTS[self.world.pick(len(RESTARTS))]


class World:
    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.now = 0.0
        self.actors: list[Actor] = []
        self.me: Actor | None = None
        self.hub = greenlet.getcurrent()
        self.steps = 0
        self.stormy = True
        self.over = False
        self.rates: dict[str, float] = {}
        self.restlessness = 0.6
        self.failure: Violation | None = None
        self.trace: list[str] = []
        self.story: list[tuple[float, str, str, frozenset[str]]] = []
        self.faults: dict[str, int] = {}
        self.witnesses: list[Mortal] = []
        self.between: Callable[[], None] = lambda: None

    def pick(self, n: int, calm: float | None = None) -> int:
        return self.choices.pick(n, calm)

    def fault(self, kind: str, told: str = "", *about: object) -> bool:
        """Whether this goes wrong here."""
        rate = self.rates.get(kind, 0.0) if self.stormy else 0.0
        if rate <= 0.0 or not self.pick(2, 1 - rate):
            return False
        self.faults[kind] = self.faults.get(kind, 0) + 1
        if told:
            self.tell(told, "fault", *about)
        else:
            self.note(f"fault: {kind}")
        return True

    def note(self, what: str) -> None:
        """A line of the trace, whose hash is the run's."""
        who = f"{self.me.name}#{self.me.incarnation}" if self.me else "world"
        self.trace.append(f"{self.now:.3f} {who} {what}")

    def tell(self, what: str, *about: object) -> None:
        """A line of the story as well: in the words of the glossary, and what it is about."""
        self.note(what)
        who = self.me.known_as if self.me else "—"
        self.story.append((self.now, who, what, frozenset(map(str, about))))

    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]

    def fail(self, violation: Violation) -> None:
        self.failure = self.failure or violation

    # What processes call.

    def actor(self) -> Actor | None:
        """The process that calls; None outside of all."""
        me = self.me
        if me is None or not me.is_running():
            return None
        if me.dying:
            raise Crash
        return me

    def point(self, what: str) -> None:
        me = self.actor()
        if me is None:
            return
        self.note(what)
        if self.fault("crash", f"is killed before {what}", me.name):
            self.kill()
        if not me.writing and self.fault("freeze", f"is frozen before {what}", me.name):
            me.wake = self.now + FREEZES[self.pick(len(FREEZES))]
        self.give_way()

    def give_way(self) -> None:
        if self.actor() is not None:
            self.hub.switch()
            self.actor()

    def kill(self) -> None:
        me = self.actor()
        assert me is not None
        me.dying = True
        raise Crash

    def sleep(self, seconds: float) -> None:
        me = self.actor()
        if me is None:
            self.now += seconds
            return
        me.wake = self.now + seconds
        self.give_way()

    def dawdle(self, kind: str, told: str) -> None:
        """Something may take long: mostly longer than a lease."""
        if self.fault(kind, told):
            self.sleep(LONG[self.pick(len(LONG))])

    def wait(self, condition: Callable[[], bool]) -> None:
        me = self.actor()
        while me is not None and not condition():
            me.condition = condition
            self.give_way()

    # The scheduler.

    def run(self, until: Callable[[], bool], limit: int) -> None:
        """Let processes go on until then. Raises the Violation that was found."""
        stop = self.steps + limit
        last: Actor | None = None
        while not until():
            self.steps += 1
            if self.steps > stop:
                raise Violation(f"stuck: no end after {limit} steps")
            ready = [actor for actor in self.actors if actor.is_ready(self.now)]
            if not ready:
                self._pass_time()
                continue
            self.now += STEP
            if self.fault("clock jump", "the clock jumps"):
                self.now += JUMPS[self.pick(len(JUMPS))]
            self.between()
            if last in ready:
                ready.remove(last)
                ready.insert(0, last)
            last = ready[self.pick(len(ready), self.restlessness)]
            self.me = last
            last.resume()
            self.me = None
            if self.failure:
                raise self.failure

    def _pass_time(self) -> None:
        """To the moment at which somebody wakes."""
        wakes = [a.wake for a in self.actors if not a.finished and a.wake > self.now]
        if not wakes:
            names = ", ".join(actor.name for actor in self.actors if not actor.finished)
            raise Violation(f"stuck: nobody can go on: {names}")
        self.now = min(wakes)

    def end(self) -> None:
        self.over, self.stormy = True, False
        for actor in self.actors:
            self.me = actor
            actor.end()
        self.me = None
