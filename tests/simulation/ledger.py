"""A consumer that does no more than write down what it was told, in each way that the bus has: in
the transaction that ends the job, in groups, in turns of flows, later by a timer; and some of it is
trouble."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from sqlalchemy import Connection, Engine, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import Hopeless, Later, LeaseLost
from shared.base.settings import Settings
from shared.bus.companions import claim_companions, complete_together, let_go
from shared.bus.inbox import schedule
from shared.bus.lease import Lease
from shared.bus.migrations import migrate
from shared.events import Event, Payload
from shared.events.registration import (
    Place,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
)
from shared.process.service import Job, Service
from tests.simulation.world import Violation, World

GROUP = 3
LEASE = 8.0  # seconds


class Base(DeclarativeBase):
    pass


class Effect(Base):
    __tablename__ = "effect"

    number: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[int]


class LookAgain(Payload):
    """A while after somebody was promoted."""

    type: ClassVar[str] = "ledger.look-again"
    registration_id: str


class Resources:
    def __init__(self, world: World, database: Database) -> None:
        self.world, self.database = world, database


service: Service[Resources] = Service("ledger", settings=Settings, resources=Resources)


def _effect(connection: Connection, job: Job) -> None:
    connection.execute(insert(Effect).values(job=job.job_id))


def _work(world: World) -> None:
    world.point("the work")
    world.dawdle("slow work", "works for long")


def _be_moody(event: Event[Any], job: Job, world: World) -> None:
    """Some events are trouble, by their number; until it is calm."""
    mood = (event.id.int % 1009) % 13
    if not world.stormy or mood > 2:
        return
    if mood == 0:
        raise ValueError("poison")
    if mood == 1 and job.tries < 3:
        raise Later(timedelta(seconds=3), "not ready")
    if mood == 2 and job.tries < 2:
        raise Hopeless("hopeless today")


@service.on(RegistrationConfirmed, RegistrationWaitlisted)
def write_down(event: Event[Place], job: Job, resources: Resources) -> None:
    _be_moody(event, job, resources.world)
    _work(resources.world)
    with resources.database.begin() as connection:
        _effect(connection, job)
        job.complete(connection)


@service.on(RegistrationChanged, flow=lambda event: event.data.registration_id[-1])
def write_down_in_turn(event: Event[Place], job: Job, resources: Resources) -> None:
    write_down(event, job, resources)


@service.on(RegistrationPromoted)
def look_again_later(event: Event[Place], job: Job, resources: Resources) -> None:
    about = event.data.registration_id
    with resources.database.begin() as connection:
        _effect(connection, job)
        due = now() + timedelta(seconds=5)
        again = LookAgain(registration_id=about)
        schedule(connection, again, key=f"again:{event.id}", at=due, subject=about)
        job.complete(connection)


@service.on(LookAgain, lane="bulk")
def look_again(event: Event[LookAgain], job: Job, resources: Resources) -> None:
    write_down(event, job, resources)  # type: ignore[arg-type]  # of a timer it knows no more


@service.on(RegistrationCancelled, lane="bulk")
def write_down_together(event: Event[Place], job: Lease, resources: Resources) -> None:
    """With others of the type, in one transaction; each by itself where that fails."""
    _be_moody(event, job, resources.world)
    database, leases = resources.database, [job]
    if job.tries == 1:
        length = timedelta(seconds=LEASE)
        others = claim_companions(database, event.type, GROUP, length)
        enough = resources.world.pick(GROUP)
        _work(resources.world)
        let_go(database, others[GROUP - enough :])
        leases += others[: GROUP - enough]
    _work(resources.world)
    try:
        _end(database, leases)
    except LeaseLost:
        for lease in leases[1:]:
            try:
                _end(database, [lease])
            except LeaseLost:
                continue
        _end(database, leases[:1])


def _end(database: Database, leases: list[Lease]) -> None:
    with database.begin() as connection:
        for lease in leases:
            _effect(connection, lease)
        complete_together(connection, leases)


class Ledger:
    """The consumer, as the simulation has it."""

    name = "ledger"
    service = service

    def prepare(self, database: Database) -> None:
        migrate(database)
        engine: Engine = database.engine
        Base.metadata.create_all(engine)

    def write_briefly(self, patch: pytest.MonkeyPatch) -> None:
        """It writes nothing."""

    def watch(self, run: Any) -> None:
        """All that it does is looked at in the end."""

    def open(self, world: World, database: Database, _post: object) -> Resources:
        return Resources(world, database)

    def check(self, run: Any) -> None:
        """Each effect as often as it was asked for: no less than once, no more than allowed."""
        found = run.inbox.query("SELECT job, count(*) FROM effect GROUP BY job")
        effects: dict[int, int] = dict(found)
        for job in run.inbox_watch.jobs.values():
            had, allowed = effects.get(job.id, 0), run.inbox_watch.allowed[job.id]
            if job.type in HANDLED and not 1 <= had <= allowed:
                told = f"effect: job {job.id} had its effect {had} times, and should {allowed}"
                raise Violation(told, job.id, job.key)


HANDLED = {type_ for type_, _ in service.lanes}
