"""Everything restarted in turn while people register: nobody notices, and nothing is done twice."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.mailbox import Mailbox
from deploy.local.ports import LOOPBACK, Ports, free_ports
from deploy.local.program import Program
from deploy.local.stack import Stack
from deploy.local.strangers import no_cookies
from deploy.local.supervisor import Supervisor
from deploy.services import ROOT
from shared.testing import eventually

PATIENCE = 120.0
CLIENTS = 4
SLUG = "journee-nationale-2019"
RESTARTED = (
    "registration-web",
    "registration-web-2",
    "registration-intake",
    "registration-worker",
    "notifications-intake",
    "notifications-worker",
)


@dataclass
class Visitors:
    """They register one after the other and look at the programme, and never try again."""

    url: str
    accepted: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _enough: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for number in range(CLIENTS):
            thread = threading.Thread(target=self._visit, args=(number,))
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, number: int) -> None:
        visit = 0
        with httpx.Client(
            base_url=self.url, timeout=60, trust_env=False, cookies=no_cookies()
        ) as browser:
            while not self._enough.is_set():
                visit += 1
                email = f"visitor-{number}-{visit}@ville.example"
                person = {
                    "first_name": "Élodie",
                    "last_name": "Lefèvre",
                    "email": email,
                    "sessions": ["atelier-1"],
                    "waitlist": True,
                    "consent": True,
                }
                path = f"/api/conferences/{SLUG}/registrations"
                if self._ask(browser, "POST", path, json=person):
                    self.accepted.append(email)
                self._ask(browser, "GET", f"/c/{SLUG}")

    def _ask(self, browser: httpx.Client, method: str, path: str, **options: Any) -> bool:
        try:
            answer = browser.request(method, path, **options)
        except httpx.TransportError as error:
            self.failed.append(repr(error))
            return False
        if not answer.is_success:
            self.failed.append(f"{answer.status_code} {answer.text}")
        return answer.is_success


@dataclass
class Place:
    stack: Stack
    supervisor: Supervisor
    webs: dict[str, int]

    def restart(self, name: str) -> None:
        """SIGTERM; return when the one after it does its work."""
        before = self.supervisor.processes[name]
        os.kill(before, signal.SIGTERM)
        eventually(lambda: self.supervisor.processes.get(name, before) != before, PATIENCE)
        if name in self.webs:
            eventually(lambda: is_ready(self.webs[name]), PATIENCE)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Two web processes of registration behind the front, and what else an email takes."""
    stack = Stack(tmp_path / "home", Ports.any_free())
    webs = {
        "registration-web": stack.ports.web("registration"),
        "registration-web-2": free_ports(1)[0],
    }
    base, services = stack.stages()
    programs = {program.name: program for program in services}
    programs["registration-web-2"] = on_port(
        programs["registration-web"], "registration-web-2", webs["registration-web-2"]
    )
    origins = ",".join(f"http://{LOOPBACK}:{port}" for port in webs.values())
    front = list(programs["front"].command)
    (own,) = (i for i, word in enumerate(front) if word.startswith("registration="))
    front[own] = f"registration={origins}"
    wanted = [programs[name] for name in RESTARTED]
    with Supervisor([base], stack.logs):
        stack.prepare()
        stack.run(
            "registration",
            "import",
            str(ROOT / "conferences" / f"{SLUG}.yaml"),
            "--date",
            time.strftime("%Y-%m-%d", time.gmtime(time.time() + 21 * 86400)),
        )
    with Supervisor(
        [base, [*wanted, replace(programs["front"], command=front)]], stack.logs
    ) as supervisor:
        for port in webs.values():
            eventually(partial(is_ready, port), PATIENCE)
        eventually(lambda: succeeds(f"{stack.url}/api/conferences"), PATIENCE)
        yield Place(stack, supervisor, webs)


def on_port(program: Program, name: str, port: int) -> Program:
    return replace(program, name=name, command=[*program.command[:-1], str(port)])


def is_ready(port: int) -> bool:
    return succeeds(f"http://{LOOPBACK}:{port}/readyz")


def succeeds(url: str) -> bool:
    try:
        return httpx.get(url, timeout=30, trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_a_rolling_restart_loses_no_request_and_repeats_nothing(place: Place) -> None:
    visitors = Visitors(place.stack.url)
    visitors.start()
    try:
        for name in RESTARTED:
            there = len(visitors.accepted)
            place.restart(name)
            eventually(lambda there=there: len(visitors.accepted) > there + CLIENTS, PATIENCE)  # type: ignore[misc]  # mypy reads no lambda with a default
    finally:
        visitors.stop()
    assert visitors.failed == []
    mailbox = Mailbox(place.stack.mails)
    eventually(lambda: len(mailbox.ids()) >= len(visitors.accepted), PATIENCE)
    stored = [mailbox.stored(identity) for identity in mailbox.ids()]
    assert Counter(mail.recipients[0] for mail in stored) == Counter(visitors.accepted)


def test_a_live_page_does_not_keep_a_process_from_stopping(place: Place) -> None:
    """Its stream ends, and the browser follows another process's counts."""
    url = f"http://{LOOPBACK}:{place.webs['registration-web']}"
    with httpx.stream(
        "GET", f"{url}/api/conferences/{SLUG}/headcounts/stream", timeout=60, trust_env=False
    ) as live:
        lines = live.iter_lines()
        assert next(line for line in lines if line.startswith("event:")) == "event: headcounts"
        place.restart("registration-web")
        assert all(not line.startswith("event:") for line in lines)  # and it ends as it should
