"""A publisher and a consumer on the spine, and the consumer's real processes."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from deploy.local.program import kill_group
from shared.base.clock import now
from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.eventlog import EventLog
from shared.bus.inbox import JobRow, receive
from shared.events import Payload
from shared.process.intake_process import IntakeProcess
from tests.shared import sample

ROOT = Path(__file__).parents[2]
TOKEN = "a token of sixteen letters and more"

Environment = dict[str, str]


class RungOnce:
    """A bell that rings for one turn, and it is over."""

    def wait(self, _seconds: float, stop: threading.Event) -> None:
        stop.set()


def turn(intake: IntakeProcess) -> None:
    """Have it pull and hand out once."""
    intake.run(RungOnce(), threading.Event())  # type: ignore[arg-type]  # all that it asks of a bell


class Inbox:
    """The inbox of the sample service, looked at from outside."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def file(self, *payloads: Payload) -> list[int]:
        """Jobs for these, as if an intake had read them; their numbers."""
        log = EventLog("elsewhere")
        with self.database.begin() as connection:
            events = [log.append(connection, payload) for payload in payloads]
            receive(
                connection,
                "elsewhere",
                [{**event.model_dump(mode="json"), "position": 1} for event in events],
                sample.service.lanes,
                sample.service.flows,
            )
        with self.database.read() as connection:
            found = connection.execute(
                select(JobRow.id).where(JobRow.key.in_([str(event.id) for event in events]))
            )
            return sorted(found.scalars())

    def job(self, job_id: int) -> Any:
        with self.database.read() as connection:
            return connection.execute(
                select(*JobRow.__table__.columns).where(JobRow.id == job_id)
            ).one()

    def jobs(self) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(*JobRow.__table__.columns).order_by(JobRow.id)))

    def states(self) -> list[str]:
        return [job.state for job in self.jobs()]

    def set(self, job_id: int, **values: Any) -> None:
        with self.database.begin() as connection:
            connection.execute(update(JobRow).where(JobRow.id == job_id).values(**values))

    def make_due(self) -> None:
        """As if the back-off had passed."""
        with self.database.begin() as connection:
            connection.execute(
                update(JobRow).where(JobRow.state == "waiting").values(next_at=now())
            )

    def effects(self) -> list[str]:
        return sample.effects(self.database)


@pytest.fixture
def migrated_service() -> str:
    return ""


@pytest.fixture
def inbox(database: Database) -> Inbox:
    sample.Base.metadata.create_all(database.engine)
    return Inbox(database)


@pytest.fixture
def resources(inbox: Inbox) -> sample.Resources:
    return sample.Resources(inbox.database)


@pytest.fixture
def publish(database: Database) -> Callable[..., None]:
    """Append these to the log of this database, each in a transaction of its own."""
    log = EventLog("registration")

    def append(*payloads: Payload) -> None:
        for payload in payloads:
            with database.begin() as connection:
                log.append(connection, payload)

    return append


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Database]:
    """Another service's database, with a log."""
    from shared.bus.migrations import migrate

    opened = Database.open(f"sqlite:///{tmp_path}/publisher.db")
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def environment(database_url: str, redis_url: str, tmp_path: Path) -> Environment:
    """What a process of the sample service is started with."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return inherited | {
        "EMARGE_HOME": str(tmp_path),
        "EMARGE_DATABASE_URL": database_url,
        "EMARGE_BROKER_URL": redis_url,
        "EMARGE_REDIS_URL": redis_url,
        "EMARGE_SERVICE_TOKEN": TOKEN,
        "EMARGE_LEASE": "6",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]]),
    }


@pytest.fixture
def start(environment: Environment, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start a process of the sample service; all are killed, with their children, at the end."""
    started: list[subprocess.Popen] = []

    def run(*arguments: str, **settings: str) -> subprocess.Popen:
        with (tmp_path / f"process-{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.shared.sample", *arguments],
                env=environment | settings,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started.append(process)
        return process

    yield run
    for process in started:
        kill_group(process)


def epoch(database: Database) -> str:
    with database.read() as connection:
        return eventlog.head(connection)[0]
