"""An organiser writes a day in a real browser, by keyboard, told of mistakes as they go."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.browser.place import DESKTOP, PHONE, SLUG, Place
from tests.system.looking import complaints, is_too_wide


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(place.organiser_link())
    page.get_by_role("button", name="Sign in").click()
    yield page
    context.close()


def test_mistakes_are_said_while_one_writes(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/organiser/{SLUG}/programme")
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
def test_nobody_is_shut_out(page: Page, place: Place, language: str) -> None:
    paths = ("new", SLUG, f"{SLUG}/programme", f"{SLUG}/team", "account", "sign-in")
    for path in paths:
        page.goto(f"{place.url}/organiser/{path}?lang={language}")
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert not is_too_wide(page), (path, size)
        assert not complaints(page), path
    page.goto(f"{place.url}/organiser/{SLUG}/programme")
    page.locator("button[value=preview]").click()
    assert not complaints(page)
