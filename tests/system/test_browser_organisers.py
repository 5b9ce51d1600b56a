"""An organiser writes a day in a real browser, by keyboard, told of mistakes as they go."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.browser import launch
from deploy.local.ports import free_ports
from services.registration.access.organisers import invite
from services.registration.desk import now, open_desk
from services.registration.programme.document import load_programme
from services.registration.programme.importing import import_programme
from services.registration.settings import RegistrationSettings
from services.registration.web import application
from shared.database import Database
from tests.system.looking import complaints, is_too_wide
from tests.system.serving import serving

PROGRAMME = Path(__file__).parents[2] / "conferences" / "journee-nationale-2019.yaml"
SLUG = "journee-nationale-2019"
WIDTHS = {"phone": 360, "desktop": 1280}


@pytest.fixture
def migrated_service() -> str:
    return "registration"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def url(database: Database, database_url: str, redis_url: str) -> Iterator[str]:
    [port] = free_ports(1)
    settings = RegistrationSettings(
        service="registration",
        database_url=database_url,
        redis_url=redis_url,
        public_url=f"http://localhost:{port}",
        secret_key="a-secret-for-tests-only",
        service_token="a-token-between-services",
    )
    on = (now() + timedelta(weeks=3)).date()
    import_programme(open_desk(settings, database), load_programme(PROGRAMME, on=on))
    with serving(application(settings, database), port):
        yield settings.public_url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, url: str, database: Database) -> Iterator[Page]:
    with database.begin() as connection:
        token = invite(connection, "boss@example.org")
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{url}/organiser/sign-in/{token}")
    page.get_by_role("button", name="Sign in").click()
    yield page
    context.close()


def test_mistakes_are_said_while_one_writes(page: Page, url: str) -> None:
    page.goto(f"{url}/organiser/{SLUG}/programme")
    rooms = page.get_by_label("Room")
    for number in (2, 3):
        page.locator("details").nth(number).locator("summary").press("Enter")
        rooms.nth(number).fill("Salle bleue")
        page.keyboard.press("Tab")
    expect(page.locator("#checks")).to_contain_text("in Salle bleue at the same time")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    expect(page.get_by_text("Salle bleue").last).to_be_visible()
    page.get_by_role("button", name="Go on writing").press("Enter")
    expect(rooms.nth(2)).to_have_value("Salle bleue")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nobody_is_shut_out(page: Page, url: str, language: str) -> None:
    paths = ("new", SLUG, f"{SLUG}/programme", f"{SLUG}/team", "account", "sign-in")
    for path in paths:
        page.goto(f"{url}/organiser/{path}?lang={language}")
        for width in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": 800})
            assert not is_too_wide(page), (path, width)
        assert not complaints(page), path
    page.goto(f"{url}/organiser/{SLUG}/programme")
    page.locator("button[value=preview]").click()
    assert not complaints(page)
