"""What Emarge consists of, as plain processes on one machine, and the environment of each."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.generate.neighbours import PAGES, pages_of
from deploy.local.home import secrets_of, write_environment
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.program import Program
from deploy.local.redis import redis_program
from deploy.services import ROOT, found, named

SERVICES = tuple(service.name for service in found())
READY_WITHIN = 90.0


class StackFailed(Exception):
    """A part of Emarge did not do what it was started for."""


@dataclass(frozen=True)
class Stack:
    """One Emarge. `databases` are URLs by service (default: SQLite in the home); what is in `extra`
    is added to every process's environment, and wins."""

    home: Path
    ports: Ports
    databases: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.ports.front}"

    @property
    def emails_url(self) -> str:
        return f"http://localhost:{self.ports.emails}"

    def origin(self, service: str) -> str:
        """Where its web process answers, to the others."""
        return f"http://{LOOPBACK}:{self.ports.web(service)}"

    @property
    def mails(self) -> Path:
        return self.home / "mails"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    def stages(self) -> list[list[Program]]:
        """What the services stand on, then the services."""
        ports = self.ports
        return [
            [redis_program(self.home / "redis", ports.redis), self._sink()],
            [
                *(self._web(service.name) for service in found() if service.has_web),
                *(self._process(service, "intake") for service in SERVICES),
                *(self._process(service, "worker") for service in SERVICES),
                self._front(),
            ],
        ]

    def environment(self, service: str, process: str = "") -> dict[str, str]:
        """The settings of one process of a service."""
        ports = self.ports
        redis = f"redis://{LOOPBACK}:{ports.redis}"
        feeds = {name: self.origin(name) for name in named(service).feeds}
        addresses = {
            f"EMARGE_{name.upper()}_URL": self.origin(name) for name in named(service).asks
        }
        return {
            **secrets_of(self.home),
            "EMARGE_HOME": str(self.home),
            "EMARGE_DATABASE_URL": self.databases.get(service, ""),
            "EMARGE_BROKER_URL": f"{redis}/0",
            "EMARGE_REDIS_URL": f"{redis}/1",
            "EMARGE_FEEDS": ",".join(f"{name}={origin}" for name, origin in feeds.items()),
            **addresses,
            PAGES: pages_of(found()),
            "EMARGE_SMTP_URL": f"smtp://{LOOPBACK}:{ports.smtp}",
            "EMARGE_MAIL_FROM": "Emarge <emarge@emarge.example>",
            "EMARGE_STORAGE_URL": str(self.home / service),
            "EMARGE_PUBLIC_URL": self.url,
            "EMARGE_METRICS_PORT": self._metrics_port(service, process),
            "EMARGE_CONCURRENCY": str(min(2, os.cpu_count() or 1)),
            "EMARGE_LOG_FORMAT": "text",
            # A process that is started again must not compile its modules again.
            "PYTHONDONTWRITEBYTECODE": "",
            **named(service).trial.settings(process, self.home),
            **self.extra,
        }

    def _metrics_port(self, service: str, process: str) -> str:
        """Of a web process none: it tells where it answers."""
        asked = process in ("intake", "worker")
        return str(self.ports.metrics(service, process)) if asked else "0"

    def prepare(self) -> None:
        """Before anything starts: this version's tables, and what a service needs for a trial."""
        for service in SERVICES:
            # For `deploy.local.inside`, and any shell: `set -a; . var/registration.env`. Who runs a
            # command by hand is to find what the pages do, such as the keys of pictures.
            write_environment(self.home / f"{service}.env", self.environment(service, "web"))
        self._run_all([(service, "migrate") for service in SERVICES] + self._trials())

    def prepare_trials(self) -> None:
        """The second half of it, for tables that are there."""
        self._run_all(self._trials())

    def _trials(self) -> list[tuple[str, ...]]:
        return [
            (each.name, *(part.replace("{home}", str(self.home)) for part in each.trial.command))
            for each in found()
            if each.trial.command and not (self.home / each.trial.creates).exists()
        ]

    def _run_all(self, commands: Sequence[tuple[str, ...]]) -> None:
        with ThreadPoolExecutor() as pool:
            for done in [pool.submit(self.run, *command) for command in commands]:
                done.result()

    def run(self, service: str, *arguments: str) -> str:
        """Run a command of a service to its end; what it printed. Raises StackFailed."""
        program = self._process(service, *arguments)
        done = subprocess.run(  # noqa: S603  our own services' commands
            program.command,
            cwd=program.folder,
            env={**os.environ, **program.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StackFailed(f"{' '.join(program.command[1:])}:\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def await_ready(self) -> None:
        """Return when every web process says that it can serve. Raises StackFailed."""
        deadline = time.monotonic() + READY_WITHIN
        for service in found():
            ready = f"{self.origin(service.name)}/readyz"
            while service.has_web and not _succeeds(ready):
                if time.monotonic() > deadline:
                    log = self.logs / f"{service.name}-web.log"
                    raise StackFailed(f"{service.name}'s web does not get ready, see {log}")
                time.sleep(0.1)
        while not _succeeds(f"http://{LOOPBACK}:{self.ports.front}/api/conferences"):
            if time.monotonic() > deadline:
                raise StackFailed(f"the front does not get ready, see {self.logs / 'front.log'}")
            time.sleep(0.1)

    def _process(self, service: str, *arguments: str) -> Program:
        return Program(
            f"{service}-{arguments[0]}",
            [sys.executable, "-m", f"services.{service}", *arguments],
            self.environment(service, arguments[0]),
            ROOT,
        )

    def _web(self, service: str) -> Program:
        return self._process(service, "web", "--port", str(self.ports.web(service)))

    def _front(self) -> Program:
        origins = {each.name: self.origin(each.name) for each in found() if each.has_web}
        words = [f"{service}={origin}" for service, origin in origins.items()]
        return _own("front", {"--port": str(self.ports.front)}, words)

    def _sink(self) -> Program:
        ports = self.ports
        options = {
            "--folder": str(self.mails),
            "--smtp-port": str(ports.smtp),
            "--http-port": str(ports.emails),
        }
        return _own("smtp_sink", options)


def _own(module: str, options: Mapping[str, str], words: Sequence[str] = ()) -> Program:
    arguments = [*(part for option in options.items() for part in option), *words]
    command = [sys.executable, "-m", f"deploy.local.{module}", *arguments]
    return Program(module.replace("_", "-"), command, folder=ROOT)


def _succeeds(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False
