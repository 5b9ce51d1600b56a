"""An organiser writes a day in a real browser, by keyboard, told of mistakes as they go."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.browser.place import SLUG, Place
from tests.system.looking import complaints


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
        page.locator("details.session-form").nth(number).locator("summary").first.press("Enter")
        rooms.nth(number).fill("Salle bleue")
        page.keyboard.press("Tab")
    expect(page.locator("#checks")).to_contain_text("in Salle bleue at the same time")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    expect(page.get_by_text("Salle bleue").last).to_be_visible()
    page.get_by_role("button", name="Go on writing").press("Enter")
    expect(rooms.nth(2)).to_have_value("Salle bleue")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("in Salle bleue at the same time")).to_be_visible()  # asked once more
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved")


def test_the_preview_shuts_nobody_out(page: Page, place: Place) -> None:
    """It has no address; every page that has one is in test_every_page."""
    page.goto(f"{place.url}/organiser/{SLUG}/programme")
    page.locator("button[value=preview]").click()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    assert not complaints(page)


def test_everybody_on_a_page_is_ticked_at_once(page: Page, place: Place) -> None:
    for number in range(3):
        place.registered(number, "atelier-1")
    page.goto(f"{place.url}/organiser/{SLUG}/registrations")
    boxes = page.locator("tbody input[name=id]")
    everybody = page.get_by_label("All on this page")
    everybody.check()
    for number in range(3):
        expect(boxes.nth(number)).to_be_checked()
    boxes.first.uncheck()
    expect(everybody).not_to_be_checked()
