"""An Emarge to measure: its real processes on free ports, in a temporary home, with one big day."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import yaml

from deploy.local.ports import LOOPBACK, Ports, free_ports
from deploy.local.program import Program, Running
from deploy.local.stack import SERVICES, Stack
from shared.testing import eventually

WORKSHOPS = 5
SLUG = "bench"
TIMEZONE = "Europe/Paris"
PATIENCE = 60.0
# One child a worker, so that a number of workers is a number of processes that work.
ALONE = {"EMARGE_LOG_LEVEL": "WARNING", "EMARGE_CONCURRENCY": "1"}


@dataclass
class Stage:
    """A prepared stack, of which a bench starts the processes that it wants to measure."""

    stack: Stack
    running: list[Running] = field(default_factory=list)

    @classmethod
    @contextmanager
    def open(
        cls, database: Callable[[str], str] | None = None, capacity: int = 1_000_000
    ) -> Iterator["Stage"]:
        """`database` makes one for a service and returns its URL; without it, SQLite."""
        with tempfile.TemporaryDirectory(prefix="emarge-bench-") as folder:
            home = Path(folder)
            databases = {service: database(service) for service in SERVICES} if database else {}
            stack = Stack(home, Ports.any_free(), databases, ALONE)
            stage = cls(stack)
            try:
                for program in stack.stages()[0]:
                    stage.start(program)
                stack.prepare()
                programme = home / "programme.yaml"
                programme.write_text(yaml.safe_dump(big_day(capacity), allow_unicode=True))
                stack.run("registration", "import", str(programme))
                yield stage
                stage.expect_all_running()
            finally:
                for run in reversed(stage.running):
                    run.stop()

    @property
    def registrations_path(self) -> str:
        return f"/api/conferences/{SLUG}/registrations"

    def database_of(self, service: str) -> str:
        """The URL of the database that this service uses."""
        return self.stack.databases.get(service) or f"sqlite:///{self.stack.home}/{service}.db"

    def start(self, program: Program) -> Running:
        run = Running(program, self.stack.logs / f"{program.name}.log")
        self.running.append(run)
        return run

    def start_web(self, processes: int) -> list[int]:
        """Registration's web, several times; their ports."""
        ports = [self.stack.ports.web("registration"), *free_ports(processes - 1)]
        for port in ports:
            program = self.program("registration-web")
            command = [*program.command[:-1], str(port)]
            self.start(replace(program, name=f"registration-web-{port}", command=command))
        for port in ports:
            await_ready(port)
        return ports

    def start_processes(self, name: str, count: int = 1, **settings: str) -> list[Running]:
        """So many of one of the stack's programs, each with a log and a metrics port of its own,
        and with these settings."""
        program = self.program(name)
        return [
            self.start(
                replace(
                    program,
                    name=f"{name}-{port}",
                    environment={
                        **program.environment,
                        **settings,
                        "EMARGE_METRICS_PORT": str(port),
                    },
                )
            )
            for port in free_ports(count)
        ]

    @contextmanager
    def held(self, processes: Sequence[Running]) -> Iterator[None]:
        """These and their children stand still meanwhile: work piles up before them."""
        for run in processes:
            os.killpg(run.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for run in processes:
                os.killpg(run.pid, signal.SIGCONT)

    def expect_all_running(self) -> None:
        """A bench that lost one of its processes has measured something else."""
        ended = [run.program.name for run in self.running if run.exit_code is not None]
        if ended:
            raise RuntimeError(f"ended while measured: {', '.join(ended)}; {self.stack.logs}")

    def program(self, name: str) -> Program:
        return next(
            program for stage in self.stack.stages() for program in stage if program.name == name
        )


def big_day(capacity: int) -> dict[str, object]:
    """A conference in three weeks with five parallel workshops of this capacity."""
    return {
        "slug": SLUG,
        "title": "Journée de mesure",
        "organiser": "Emarge",
        "contact_email": "bench@emarge.example",
        "language": "fr",
        "timezone": TIMEZONE,
        "date": datetime.now(UTC).date() + timedelta(weeks=3),
        "venue": "Palais des congrès",
        "address": "1 rue de la Mesure",
        "city": "Montreuil",
        "sessions": [
            {
                "id": f"atelier-{number}",
                "kind": "workshop",
                "title": f"Atelier {number}",
                "from": "10:15",
                "to": "13:15",
                "room": f"Salle {number}",
                "capacity": capacity,
            }
            for number in range(1, WORKSHOPS + 1)
        ],
    }


def registration_body(number: int) -> dict[str, object]:
    """The nth person, who chooses the workshops in turn."""
    return {
        "first_name": "Camille",
        "last_name": "Lefèvre",
        "email": f"camille.{number}@ville.example",
        "organisation": "Maison de l’emploi",
        "sessions": [f"atelier-{number % WORKSHOPS + 1}"],
        "consent": True,
    }


def await_ready(port: int) -> None:
    eventually(lambda: _is_ready(port), timeout=PATIENCE, every=0.1)


def _is_ready(port: int) -> bool:
    try:
        answer = httpx.get(f"http://{LOOPBACK}:{port}/readyz", trust_env=False)
    except httpx.TransportError:
        return False
    return answer.is_success
