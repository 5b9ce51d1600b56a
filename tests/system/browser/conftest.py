"""A browser, and the service for it to visit."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from deploy.local.browser import launch
from tests.system.browser.place import DESKTOP, Place, open_place


@pytest.fixture
def migrated_service() -> str:
    return "registration"


@pytest.fixture
def place(sqlite_url: str, redis_url: str) -> Iterator[Place]:
    with open_place(sqlite_url, redis_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as opened:
        yield opened


@pytest.fixture
def live_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP, locale="fr-FR")
    yield context.new_page()
    context.close()
