"""100,000 registrations with no worker: what grows meanwhile, and who waits behind them after.

Baseline: memory with 10,000 jobs waiting; the delay of a confirmation when nothing else is to do.
The log is filled directly, with copies of one registration's event.
"""

import statistics
import subprocess
import time
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

from sqlalchemy import func, insert, select, update

from bench.load import Address, fire, post
from bench.report import Report
from bench.stage import Stage, registration_body
from deploy.local.mailbox import Mailbox
from deploy.local.ports import LOOPBACK
from deploy.local.program import Running
from shared.base.database import Database
from shared.base.redis_url import connect
from shared.bus.inbox import JobRow
from shared.bus.logged import LoggedEvent
from shared.testing import eventually

FEW, MANY = 10_000, 100_000
PEOPLE, RATE = 40, 4
PATIENCE = 600.0


@dataclass(frozen=True)
class Memory:
    """In MB."""

    web: float
    intake: float
    redis: float


@dataclass
class Backlog:
    stage: Stage
    web: Running
    intake: Running

    def __post_init__(self) -> None:
        home = self.stage.stack.home
        self.log = Database.open(f"sqlite:///{home / 'registration.db'}")
        self.inbox = Database.open(f"sqlite:///{home / 'notifications.db'}")
        self.redis = connect(f"redis://{LOOPBACK}:{self.stage.stack.ports.redis}")

    def grow(self, to: int) -> Memory:
        """Memory once so many jobs wait in the inbox."""
        with self.log.read() as connection:
            event = connection.execute(
                select(LoggedEvent).where(LoggedEvent.type == "registration.confirmed").limit(1)
            ).one()
        with self.log.begin() as connection:
            for _ in range(to - self.waiting()):
                identity, subject = str(uuid4()), str(uuid4())
                envelope = event.envelope.replace(event.id, identity)
                connection.execute(
                    insert(LoggedEvent),
                    {
                        "id": identity,
                        "type": event.type,
                        "subject": subject,
                        "time": event.time,
                        "envelope": envelope.replace(event.subject, subject),
                    },
                )
        eventually(lambda: self.waiting() >= to, timeout=PATIENCE, every=0.5)
        time.sleep(5)  # some rounds of the intake, in which it could grow further
        used = self.redis.info("memory")["used_memory"]
        return Memory(resident(self.web), resident(self.intake), used / 1e6)

    def waiting(self) -> int:
        with self.inbox.read() as connection:
            query = select(func.count()).select_from(JobRow).where(JobRow.state != "done")
            return connection.execute(query).scalar_one()

    def call_it_bulk(self) -> None:
        """The same emails, in the lane of reminders and certificates."""
        with self.inbox.begin() as connection:
            connection.execute(
                update(JobRow).where(JobRow.state != "done").values(lane="bulk", state="waiting")
            )
        self.redis.flushall()


def run(report: Report) -> None:
    with Stage.open() as stage:
        [port] = stage.start_web(processes=1)
        web = stage.running[-1]
        [intake] = stage.start_processes("notifications-intake")
        [worker] = stage.start_processes("notifications-worker")
        people = count()
        _delays(stage, port, people)  # every process has done its imports
        alone = _delays(stage, port, people)
        worker.stop()
        stage.running.remove(worker)

        backlog = Backlog(stage, web, intake)
        few, many = backlog.grow(FEW), backlog.grow(MANY)
        for what in ("intake", "web", "redis"):
            report.ratio(
                f"memory of {what}, {MANY:,} jobs waiting",
                getattr(many, what),
                getattr(few, what),
                f"{FEW:,} waiting",
                at_most=1.3,
                unit=" MB",
            )
        backlog.call_it_bulk()
        stage.start_processes("notifications-worker")
        sent = len(Mailbox(stage.stack.mails).ids())
        eventually(lambda: len(Mailbox(stage.stack.mails).ids()) > sent, timeout=PATIENCE)
        behind = _delays(stage, port, people)
    report.ratio(
        f"201 → confirmation, median, beside {MANY:,} reminders that are due",
        statistics.median(behind) * 1000,
        statistics.median(alone) * 1000,
        "nothing else to do",
        at_most=4,
        unit=" ms",
    )
    report.bound(
        f"201 → confirmation, the slowest, beside {MANY:,} reminders that are due",
        max(behind) * 1000,
        " ms",
        at_most=2000,
    )


def _delays(stage: Stage, port: int, people: "count[int]") -> list[float]:
    """Seconds from each 201 to its email."""
    numbers = [next(people) for _ in range(PEOPLE)]
    mailbox = Mailbox(stage.stack.mails)
    there = set(mailbox.ids())
    requests = [post(stage.registrations_path, registration_body(number)) for number in numbers]
    answers = fire([Address(LOOPBACK, port)], requests, clients=1, rate=RATE)
    answered = {
        f"camille.{number}@ville.example": answer.sent_at + answer.seconds
        for number, answer in zip(numbers, answers, strict=True)
    }
    arrived: dict[str, float] = {}

    def all_arrived() -> bool:
        for identity in set(mailbox.ids()) - there:
            there.add(identity)
            mail = mailbox.stored(identity)
            arrived.setdefault(mail.recipients[0], mail.received_at)
        return answered.keys() <= arrived.keys()

    eventually(all_arrived, timeout=PATIENCE, every=0.2)
    return [max(0.0, arrived[person] - moment) for person, moment in answered.items()]


def resident(run: Running) -> float:
    """Its memory, in MB."""
    columns = ["ps", "-o", "rss=", "-p", str(run.pid)]
    return int(subprocess.run(columns, check=True, capture_output=True, text=True).stdout) / 1024  # noqa: S603  our own process
