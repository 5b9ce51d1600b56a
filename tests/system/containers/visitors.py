"""People who come over HTTPS: who registers and does not give up, and who asks all the time."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from shared.testing import eventually

DAY = "/api/conferences/journee-nationale-2019"
WORKSHOPS = ("atelier-1", "atelier-2", "atelier-3", "atelier-4", "atelier-5")
PATIENCE = 600.0  # seconds for what is over in a few on a quiet machine


def register(visitor: httpx.Client, number: int) -> dict[str, Any]:
    """Send the form as a browser does, again while the door is not answered."""
    person = {
        "first_name": "Camille",
        "last_name": f"Numéro {number}",
        "email": f"camille.{number}@villes-emploi.example",
        "sessions": [WORKSHOPS[number % len(WORKSHOPS)]],
        "waitlist": True,
        "consent": True,
    }
    answers: list[httpx.Response] = []

    def accepted() -> bool:
        try:
            answers.append(
                visitor.post(
                    f"{DAY}/registrations",
                    json=person,
                    headers={"Idempotency-Key": f"person-{number}"},
                )
            )
        except httpx.TransportError:
            return False
        return answers[-1].status_code < 500

    eventually(accepted, timeout=PATIENCE, every=0.2)
    assert answers[-1].status_code == 201, answers[-1].text
    return {"email": person["email"], **answers[-1].json()}


def register_all(visitor: httpx.Client, numbers: range) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(16) as crowd:
        return list(crowd.map(lambda number: register(visitor, number), numbers))


def held(registered: list[dict[str, Any]]) -> int:
    """Seats that somebody has."""
    return sum(seat["state"] == "held" for person in registered for seat in person["seats"])


@dataclass
class Answers:
    """What became of everything that was asked."""

    count: int = 0
    slowest: float = 0.0
    refused: list[str] = field(default_factory=list)

    def ask(self, visitor: httpx.Client, path: str) -> None:
        started = time.monotonic()
        try:
            answer = visitor.get(path)
            if answer.status_code >= 500:
                self.refused.append(f"{path}: {answer.status_code} {answer.text[:80]}")
        except httpx.TransportError as error:
            self.refused.append(f"{path}: {error!r}")
        self.count += 1
        self.slowest = max(self.slowest, time.monotonic() - started)


@contextmanager
def asked_meanwhile(visitor: httpx.Client, *paths: str, pause: float = 0.05) -> Iterator[Answers]:
    """Somebody asks for these in turn, on the visitor's connections, with a pause after each."""
    answers, enough = Answers(), threading.Event()

    def ask() -> None:
        while not enough.wait(pause):
            for path in paths:
                answers.ask(visitor, path)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield answers
    finally:
        enough.set()
        asking.join()
