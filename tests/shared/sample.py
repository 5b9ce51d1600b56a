"""A service that exists for these tests: `python -m tests.shared.sample worker`.

What it does with an event, the event itself says; what it has done stands in the table `effect`.
"""

import os
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.base.database import Database
from shared.base.errors import Hopeless, Later
from shared.base.settings import Settings
from shared.commands.cli import main
from shared.events import Event, Payload, Personal
from shared.process.service import Job, Service

Does = Literal["note", "raise", "exit", "hopeless", "later", "overrun"]


class Base(DeclarativeBase):
    pass


class Effect(Base):
    __tablename__ = "effect"

    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    tries: Mapped[int]
    step: Mapped[str | None]
    forced: Mapped[bool]


class ThingHappened(Payload):
    type: ClassVar[str] = "thing.happened"
    name: Annotated[str, Personal()]
    does: Does = "note"
    takes: float = 0.0


class HeavyThingHappened(ThingHappened):
    type: ClassVar[str] = "thing.heavy"


class ThingDelivered(ThingHappened):
    """To an endpoint, of which one may be slower than another."""

    type: ClassVar[str] = "thing.delivered"
    endpoint: str | None


class ThingForgotten(Payload):
    """Nobody here subscribes to it."""

    type: ClassVar[str] = "thing.forgotten"
    name: str


@dataclass(frozen=True)
class Resources:
    database: Database


def open_resources(_settings: Settings, database: Database) -> Resources:
    Base.metadata.create_all(database.engine)
    return Resources(database)


service: Service[Resources] = Service("sample", settings=Settings, resources=open_resources)


@service.on(ThingHappened)
def note_thing(event: Event[ThingHappened], job: Job, resources: Resources) -> None:
    thing = event.data
    time.sleep(thing.takes)  # the work
    match thing.does:
        case "raise":
            raise ValueError(f"{thing.name} cannot be noted")
        case "exit":
            os._exit(1)
        case "hopeless":
            raise Hopeless(f"{thing.name} is beyond help")
        case "later":
            raise Later(timedelta(seconds=30), f"{thing.name} is not ready")
        case "overrun":
            time.sleep(3600)
    with resources.database.begin() as connection:
        note(connection, thing.name, job)
        job.complete(connection)


@service.on(HeavyThingHappened, lane="bulk")
def note_heavy_thing(event: Event[HeavyThingHappened], job: Job, resources: Resources) -> None:
    note_thing(event, job, resources)


@service.on(ThingDelivered, lane="bulk", flow=lambda event: event.data.endpoint)
def note_delivery(event: Event[ThingDelivered], job: Job, resources: Resources) -> None:
    note_thing(event, job, resources)


def note(connection: Connection, name: str, job: Job) -> None:
    connection.execute(
        insert(Effect).values(name=name, tries=job.tries, step=job.step, forced=job.forced)
    )


def effects(database: Database) -> list[str]:
    """Names of what was done, in order; a name twice was done twice."""
    with database.read() as connection:
        return list(connection.execute(select(Effect.name).order_by(Effect.number)).scalars())


if __name__ == "__main__":
    main(service)
