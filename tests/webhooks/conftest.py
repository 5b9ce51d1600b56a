"""The webhooks service on each database, a receiver, and a clock that can be moved."""

import time
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from services.webhooks.web import application
from shared.base import clock
from shared.base.database import Database
from shared.http.standing import TokenStanding
from shared.pages.visitors import Visitor, way_in
from shared.testing.standing import Answers, answering
from tests.system.serving import serving
from tests.webhooks.house import House, settings_with
from tests.webhooks.receiver import Receiver, receiving


def visitor(role: str) -> Visitor:
    return Visitor("day", role, "ann@example.org", "session:1", "organiser:1", time.time())


def work_without_names(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what is due, while no name has an address."""
    with monkeypatch.context() as patch:
        patch.setattr("socket.getaddrinfo", lambda *_, **__: [])
        house.work()


class Clock:
    """The service's: the system's, and as much later as it was told to be."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._later = 0.0
        system = clock.epoch_seconds
        patch.setattr(clock, "epoch_seconds", lambda: system() + self._later)

    def pass_(self, difference: timedelta) -> None:
        self._later += difference.total_seconds()


@pytest.fixture
def clock_of_service(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as known:
        yield known


@pytest.fixture
def registration() -> Iterator[Answers]:
    with answering() as answers:
        answers.tokens["day-token"] = TokenStanding("organiser", "day", name="Our CRM")
        answers.tokens["token-of-all"] = TokenStanding("organiser")
        answers.tokens["reader"] = TokenStanding("viewer", "day")
        yield answers


@pytest.fixture
def site(house: House, registration: Answers) -> Iterator[httpx.Client]:
    """The service's web process."""
    house.settings = settings_with(feeds={"registration": registration.url}, webhook_allow="")
    with serving(application(house.settings, house.database)) as client:
        client.headers["Accept-Language"] = "en"
        yield client


@pytest.fixture
def browser(site: httpx.Client, house: House) -> httpx.Client:
    """An organiser's, who is let in."""
    site.headers["Origin"] = house.settings.public_url
    site.get(way_in(visitor("organiser"), "webhooks", "", house.settings.keys))
    return site
