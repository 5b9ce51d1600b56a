"""A day under way on its pages, and visitors with a browser's manners."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from services.sheets.base.settings import SheetsSettings
from services.sheets.pages.at_desk import Desk, open_desk
from services.sheets.resources import open_signing
from services.sheets.web import application
from shared.base.database import Database
from shared.testing.standing import Answers, answering
from tests.sheets.pages.room import Room, organiser
from tests.system.serving import serving


@pytest.fixture
def registration() -> Iterator[Answers]:
    with answering() as answers:
        yield answers


@pytest.fixture
def settings(redis_url: str, sqlite_url: str, registration: Answers) -> SheetsSettings:
    return SheetsSettings(
        service="sheets",
        database_url=sqlite_url,
        redis_url=redis_url,
        feeds={"registration": registration.url},
        secret_key="a-secret-for-tests-only",
        service_token="a-token-between-services",
        picture_keys="a-key-of-pictures-for-tests",
    )


@pytest.fixture
def desk(settings: SheetsSettings) -> Iterator[Desk]:
    database = Database.open(settings.database_url)
    yield open_desk(settings, open_signing(settings, database))
    database.close()


@pytest.fixture
def room(desk: Desk) -> Room:
    opened = Room(desk)
    opened.begin()
    return opened


@pytest.fixture
def served(desk: Desk) -> Iterator[Callable[[], httpx.Client]]:
    """Another phone, which keeps cookies of its own, each time."""
    with serving(application(desk)) as base:
        phones: list[httpx.Client] = []

        def another() -> httpx.Client:
            phone = httpx.Client(base_url=base.base_url, timeout=60, trust_env=False)
            phone.headers.update(
                {"Accept-Language": "en", "Origin": str(base.base_url).rstrip("/")}
            )
            phones.append(phone)
            return phone

        yield another
        for phone in phones:
            phone.close()


@pytest.fixture
def phone(served: Callable[[], httpx.Client]) -> httpx.Client:
    return served()


@pytest.fixture
def as_organiser(served: Callable[[], httpx.Client], desk: Desk) -> httpx.Client:
    return organiser(served(), desk)
