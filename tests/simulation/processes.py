"""The processes of a run. What they do is the product's code; here is only how they are started,
and what they wait for."""

import threading
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from services.registration.base.links import Links
from services.registration.desk import Desk
from services.registration.programme.programmes import Programmes
from shared.base.database import Database
from shared.base.errors import FeedUnreachable
from shared.bus import deadletters, eventlog, intake
from shared.bus.eventlog import EventLog
from shared.bus.feed import LogFeed
from shared.process.intake_process import IntakeProcess
from shared.process.worker import Workbench
from tests.simulation.client import Client
from tests.simulation.ledger import LEASE
from tests.simulation.requests import Request
from tests.simulation.world import Actor, World

if TYPE_CHECKING:
    from tests.simulation.run import Run

Body = Callable[[Actor], None]

THINKS = (0.01, 0.3, 2.0, 5.0)  # seconds before somebody asks
SLOW = (1, 1, 3, 30, 400)  # times as long as an intake waits, while it storms
LATE = (0.5, 4.0, 30.0)  # seconds
LINKS = Links("http://localhost", [SecretStr("a-secret-for-tests-only")])
IDLE = 4 * 3600.0  # seconds for which an intake waits at most, when nothing happens any more


class Bell:
    """`shared.bus.nudge.Bell`, rung by commits of the publisher; in the calm it waits ever longer
    for what does not come."""

    def __init__(self, run: "Run", me: Actor) -> None:
        self._run, self._me = run, me
        self._idle, self._seen, self._waits = 1.0, -1, False

    def wait(self, seconds: float, _stop: threading.Event) -> None:
        world = self._run.world
        if world.stormy:
            seconds *= SLOW[world.pick(len(SLOW), 0.7)]
        else:
            changes = self._run.inbox_watch.changes
            self._idle = 1.0 if changes != self._seen else min(self._idle * 2, IDLE)
            self._seen = changes
            seconds *= self._idle
        self._waits = True
        world.note("waits for a nudge")
        world.sleep(seconds)
        self._waits = False

    def ring(self) -> None:
        if self._waits:
            self._me.wake = min(self._me.wake, self._run.world.now)


class Feed:
    """The publisher's web process over HTTP: away, cut, late, or kept by a cache on the way."""

    def __init__(self, world: World, database: Database, pages: list[str]) -> None:
        self._world, self._log, self._pages = world, LogFeed(database), pages

    def page(self, after: int, limit: int) -> str:
        world = self._world
        world.point(f"GET /events?after={after}")
        if world.fault("feed away", "does not reach the feed"):
            raise FeedUnreachable("refused")
        try:
            text = self._log.page(after, limit)
        except SQLAlchemyError as error:
            raise FeedUnreachable("it answered 503") from error
        if world.fault("answer late", "the feed answers late"):
            world.sleep(LATE[world.pick(len(LATE))])
        if world.fault("feed cut", "a page of the feed is cut"):
            text = text[: world.pick(len(text))]
        if self._pages and world.fault("feed stale", "a cache answers with an older page"):
            text = self._pages[world.pick(len(self._pages))]
        self._pages.append(text)
        world.point("page of the feed")
        return text


def intake_process(run: "Run", inbox: Client, log: Client) -> Body:
    def body(me: Actor) -> None:
        _begin(inbox, log)
        service = run.consumer.service
        feeds: dict[str, Any] = {"registration": Feed(run.world, log.database, run.pages)}
        process = IntakeProcess(
            inbox.database,
            feeds,
            service.lanes,
            run.broker,
            service.flows,
            service.delays,
            service=service.name,
        )
        bell = Bell(run, me)
        run.bells[me.name] = bell
        process.run(bell, threading.Event())  # type: ignore[arg-type]  # all that it asks of a bell

    return body


def worker_process(run: "Run", client: Client) -> Body:
    def body(me: Actor) -> None:
        _begin(client)
        world = run.world
        resources = run.consumer.open(world, client.database, run.mail)
        settings: Any = SimpleNamespace(lease=LEASE)
        bench = Workbench(run.consumer.service, settings, (client.database, resources))
        while True:
            world.wait(run.broker.has_any)
            lane, hint = run.broker.take()
            me.on_death = lambda: run.broker.lost_consumer(lane, hint)  # noqa: B023  it dies with this one
            world.tell(f"takes the hint for job {hint.job}", hint.job)
            try:
                bench.run(hint.job, hint.type)
            except Exception as error:  # noqa: BLE001  as Celery does: it logs it and acknowledges
                world.note(f"task failed: {type(error).__name__}")
            me.on_death = lambda: None

    return body


def web_process(run: "Run", client: Client, requests: Sequence[Request]) -> Body:
    """Does what people ask for, in order; what has no answer is mostly asked again."""
    left = list(requests)

    def body(_: Actor) -> None:
        _begin(client)
        world = run.world
        log = EventLog("registration", run.nudge)
        desk = Desk(client.database, Programmes(client.database), LINKS, log)
        while left:
            world.sleep(THINKS[world.pick(len(THINKS), 0.5)])
            request = left[0]
            try:
                run.answers.ask(desk, request)
                run.answers.asked(left.pop(0))
            except SQLAlchemyError:
                world.tell(f"has no answer to {request}", *request.about(run.answers))
                if world.stormy and not world.pick(3):
                    run.answers.asked(left.pop(0))

    return body


def operator_process(run: "Run", client: Client, log: Client) -> Body:
    """Replays, rewinds and resumes, whether it helps or not."""

    def body(_: Actor) -> None:
        _begin(client, log)
        world, database = run.world, client.database

        def replay(connection: Any) -> None:
            world.tell("an operator replays dead letters", "fault")
            deadletters.replay(connection, None)

        def replay_from(connection: Any) -> None:
            position, force = world.pick(6), bool(world.pick(2))
            forced = ", with force" if force else ""
            world.tell(f"an operator replays from position {position}{forced}", "fault")
            run.forcing = force
            deadletters.replay_from(connection, "registration", position, force=force)

        def rewind(connection: Any) -> None:
            position = world.pick(6)
            world.tell(f"an operator rewinds the cursor to {position}", "fault")
            intake.rewind(connection, "registration", position)

        def resume(connection: Any) -> None:
            world.tell("an operator resumes the feed", "fault")
            intake.resume(connection, "registration")

        for _turn in range(world.pick(5)):
            world.sleep((1.0, 5.0, 30.0, 300.0)[world.pick(4)])
            act = world.pick(5)
            try:
                if act == 4:
                    world.tell("an operator declares a new epoch of the log", "fault")
                    with log.database.begin() as connection:
                        eventlog.new_epoch(connection)
                    continue
                with database.begin() as connection:
                    (replay, replay_from, rewind, resume)[act](connection)
            except SQLAlchemyError:
                world.note("operator failed")
            finally:
                run.forcing = False

    return body


def last_operator(run: "Run", client: Client) -> Body:
    """In the calm: resumes what has stopped, replays what is dead, until nothing is left."""

    def body(_: Actor) -> None:
        _begin(client)
        pause, seen = 20.0, -1
        while True:
            with client.database.begin() as connection:
                if run.inbox.query("SELECT 1 FROM feed_cursor WHERE alarm IS NOT NULL"):
                    intake.resume(connection, "registration")
                deadletters.replay(connection, None)
            pause = 20.0 if run.inbox_watch.changes != seen else min(pause * 2, IDLE)
            seen = run.inbox_watch.changes
            run.world.sleep(pause)

    return body


def _begin(*clients: Client) -> None:
    """A new incarnation has no connection yet."""
    for client in clients:
        client.engine.dispose()
