"""The day under way, served to a real browser."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext

from deploy.local.browser import launch
from deploy.local.ports import free_ports
from services.sheets.base.settings import SheetsSettings
from services.sheets.pages.at_desk import Desk, open_desk
from services.sheets.resources import open_signing
from services.sheets.web import application
from shared.base.database import Database
from shared.testing.standing import Answers, answering
from tests.sheets.pages.room import Room
from tests.system.browser.place import PHONE
from tests.system.serving import serving


@dataclass(frozen=True)
class Place:
    """The room, where it is served, and the network between."""

    url: str
    port: int
    desk: Desk
    room: Room
    served: ExitStack

    def restore(self) -> None:
        self.served.enter_context(serving(application(self.desk), self.port))

    def cut(self) -> None:
        self.served.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as opened:
        yield opened


@pytest.fixture
def registration() -> Iterator[Answers]:
    with answering() as answers:
        yield answers


@pytest.fixture
def place(redis_url: str, sqlite_url: str, registration: Answers) -> Iterator[Place]:
    [port] = free_ports(1)
    settings = SheetsSettings(
        service="sheets",
        database_url=sqlite_url,
        redis_url=redis_url,
        feeds={"registration": registration.url},
        secret_key="a-secret-for-tests-only",
        service_token="a-token-between-services",
        picture_keys="a-key-of-pictures-for-tests",
        public_url=f"http://localhost:{port}",
    )
    database = Database.open(settings.database_url)
    desk = open_desk(settings, open_signing(settings, database))
    room = Room(desk)
    room.begin()
    opened = Place(settings.public_url, port, desk, room, ExitStack())
    opened.restore()
    yield opened
    opened.cut()
    database.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, locale="fr-FR", has_touch=True)
    yield context
    context.close()


@pytest.fixture
def tablet(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 900, "height": 1200}, locale="fr-FR")
    yield context
    context.close()
