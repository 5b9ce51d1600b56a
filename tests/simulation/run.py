"""One run: a publisher and a consumer in a storm of faults, then a calm in which everything must
end well."""

from contextlib import ExitStack
from functools import partial
from typing import Any, Protocol

import pytest

from services.registration.history import versions
from shared.base.database import Database
from shared.process.service import Service
from tests.simulation import processes
from tests.simulation.broker import Broker
from tests.simulation.choices import Choices
from tests.simulation.client import Client
from tests.simulation.inbox_watch import InboxWatch
from tests.simulation.mail_server import MailServer
from tests.simulation.outcome import check_the_end
from tests.simulation.processes import Bell
from tests.simulation.requests import MIDNIGHT, Answers, draw, parsed
from tests.simulation.seams import START, virtual
from tests.simulation.seats_watch import SeatsWatch
from tests.simulation.store import Store
from tests.simulation.world import Actor, Violation, World

# What may go wrong, and how often where it can.
FAULTS = {
    "crash": 0.008,
    "crash after commit": 0.04,
    "freeze": 0.01,
    "clock jump": 0.002,
    "statement fails": 0.01,
    "commit fails": 0.02,
    "answer of commit lost": 0.04,
    "inbox crashes": 0.004,
    "log crashes": 0.001,
    "forgets this": 0.08,
    "hint lost": 0.2,
    "hint twice": 0.2,
    "broker away": 0.1,
    "broker forgets": 0.003,
    "nudge lost": 0.3,
    "feed away": 0.1,
    "feed cut": 0.05,
    "feed stale": 0.04,
    "answer late": 0.1,
    "slow work": 0.5,
    "mail slow": 0.05,
    "mail server away": 0.1,
    "mail put off": 0.05,
    "mail refused": 0.03,
    "busy in the middle": 0.05,
    "wire cut": 0.03,
    "final dot": 0.3,
}
# Of SQLite a power cut may take what was handed to the system: docs/decisions/0005.
OF_SERVERS = ("inbox crashes", "forgets this")
DOORS_OPEN = (MIDNIGHT - START).total_seconds() + 1800.0
SKEWS = (0.0, 0.2, -0.2, 2.5, -2.5)  # seconds
LAST = "operator-2"  # who is there in the calm
STORM, CALM = 500, 15_000  # steps


class Consumer(Protocol):
    """A service that follows the publisher, as the simulation has it."""

    name: str
    service: Service[Any]

    def prepare(self, database: Database) -> None: ...
    def write_briefly(self, patch: pytest.MonkeyPatch) -> None: ...
    def watch(self, run: Any) -> None: ...
    def open(self, world: World, database: Database, post: object) -> Any: ...
    def check(self, run: Any) -> None: ...


class Cast:
    """Who takes part, through all runs with one consumer: engines, and what SQLAlchemy keeps for
    them, outlive a run."""

    workers, intakes, webs = 3, 2, 2

    def __init__(self, consumer: Consumer, log: Store, inbox: Store) -> None:
        self.consumer, self.log, self.inbox = consumer, log, inbox
        self.of_log = {f"web-{n}": Client(log) for n in range(1, self.webs + 1)}
        self.of_log |= {f"feed-{n}": Client(log) for n in range(1, self.intakes + 1)}
        self.of_log["operator"] = Client(log)
        self.of_inbox = {f"intake-{n}": Client(inbox) for n in range(1, self.intakes + 1)}
        self.of_inbox |= {f"worker-{n}": Client(inbox) for n in range(1, self.workers + 1)}
        self.of_inbox["operator"] = Client(inbox)

    @property
    def clients(self) -> list[Client]:
        return [*self.of_log.values(), *self.of_inbox.values()]


class Run:
    def __init__(self, cast: Cast, choices: Choices) -> None:
        self.cast, self.consumer = cast, cast.consumer
        self.log, self.inbox, self.intakes = cast.log, cast.inbox, cast.intakes
        world = self.world = World(choices)
        self.mail, self.broker = MailServer(world), Broker(world)
        self.answers = Answers(world)
        self.bells: dict[str, Bell] = {}
        self.pages: list[str] = []
        self.skewed = self.forcing = False
        self.inbox_watch, self.seats_watch = InboxWatch(self), SeatsWatch(self.log, world)

    def play(self) -> None:
        """Raises the Violation that was found."""
        with ExitStack() as stack:
            stack.enter_context(virtual(self.world, self.mail.dial))
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            patch.setattr(versions, "parse_programme", parsed)
            self.consumer.write_briefly(patch)
            self.consumer.watch(self)
            stack.callback(self.world.end)
            self._begin()
            world, pick = self.world, self.world.pick
            storm = world.steps + STORM * (1 + pick(3))
            world.run(lambda: world.steps >= storm or self.is_quiet(), limit=storm + 1)
            self._calm()
            world.run(self.is_quiet, limit=CALM)
            check_the_end(self)

    def nudge(self) -> None:
        if not self.world.fault("nudge lost", "a nudge is lost"):
            for bell in self.bells.values():
                bell.ring()

    def is_quiet(self) -> bool:
        """Nobody asks, nothing is due, everything was read."""
        asking = [a for a in self.world.actors if a.kind in ("web", "operator") and a.name != LAST]
        if not all(actor.finished for actor in asking):
            return False
        if any(job.state != "done" for job in self.inbox_watch.jobs.values()):
            return False
        if self.log.query("SELECT 1 FROM event WHERE position IS NULL LIMIT 1"):
            return False
        (head,) = self.log.query("SELECT position FROM log_head")[0]
        cursor = self.inbox.query("SELECT position, alarm FROM feed_cursor")
        return bool(head == 0 or (cursor and cursor[0] == (head, None)))

    def _begin(self) -> None:
        world, pick = self.world, self.world.pick
        world.witnesses = [self.log, self.inbox]
        for store in (self.log, self.inbox):
            store.reset()
        like_server = pick(2) == 1
        for client in self.cast.clients:
            client.begin(world, like_server=like_server)
        self.skewed = pick(4) == 1
        self._draw_faults(like_server)
        self.log.on_commit = partial(self._look, self.seats_watch.look)
        self.log.on_crash = self.seats_watch.after_crash
        self.inbox.on_commit = partial(self._look, self.inbox_watch.look)
        self.inbox.on_crash = self.inbox_watch.forgot
        world.between = self._between
        at_doors = pick(4) == 1
        if at_doors:
            world.now = DOORS_OPEN
        self._enter(draw(pick, self.cast.webs, self.answers, at_doors=at_doors))
        for actor in world.actors:
            actor.skew = SKEWS[pick(len(SKEWS))] if self.skewed else 0.0

    def _draw_faults(self, like_server: bool) -> None:
        """A few loud ones find more than all at once."""
        world, pick = self.world, self.world.pick
        world.restlessness = (0.9, 0.6, 0.3)[pick(3)]
        share = (0, 3, 3, 2, 2, 2, 1, 1)[pick(8)]
        for kind, rate in FAULTS.items():
            if kind in OF_SERVERS and not like_server:
                continue
            if share and pick(share) == share - 1:
                world.rates[kind] = rate

    def _enter(self, shares: list[list[Any]]) -> None:
        of_log, of_inbox = self.cast.of_log, self.cast.of_inbox
        bodies = {
            f"web-{n}": processes.web_process(self, of_log[f"web-{n}"], share)
            for n, share in enumerate(shares, 1)
        }
        for n in range(1, self.cast.intakes + 1):
            clients = of_inbox[f"intake-{n}"], of_log[f"feed-{n}"]
            bodies[f"intake-{n}"] = processes.intake_process(self, *clients)
        for n in range(1, self.cast.workers + 1):
            bodies[f"worker-{n}"] = processes.worker_process(self, of_inbox[f"worker-{n}"])
        operator = processes.operator_process(self, of_inbox["operator"], of_log["operator"])
        bodies["operator-1"] = operator
        self.world.actors = [Actor(self.world, name, body) for name, body in bodies.items()]

    def _calm(self) -> None:
        """No more faults, and the clocks agree."""
        world = self.world
        world.stormy = False
        world.tell("the storm is over", "fault")
        for actor in world.actors:
            actor.skew, actor.wake = 0.0, min(actor.wake, world.now)
        body = processes.last_operator(self, self.cast.of_inbox["operator"])
        world.actors.append(Actor(world, LAST, body))

    def _look(self, look: Any) -> None:
        """The code under test must not get to catch what is found."""
        try:
            look()
        except Violation as violation:
            self.world.fail(violation)
            self.world.give_way()

    def _between(self) -> None:
        world, inbox = self.world, self.inbox
        if inbox.doomed:
            inbox.doomed -= 1
        if world.fault("inbox crashes") or (world.stormy and inbox.doomed == 1):
            inbox.doomed = 0
            inbox.crash(world)
        if world.fault("log crashes"):
            self.log.crash(world)
        if world.fault("broker forgets", "the broker forgets all hints"):
            self.broker.forget_all()
