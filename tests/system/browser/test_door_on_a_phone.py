"""The door in a hand, upright and sideways: what is said and where one types are both seen."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.system.browser.place import PHONE, SLUG, Place

SIDEWAYS: dict[str, Any] = {"width": 740, "height": 360}
NARROWEST_FIELD = 250  # pixels: a code in large letters
MOST_HEADER = 60  # pixels: one row that a thumb can hit


@pytest.fixture(params=[PHONE, SIDEWAYS], ids=["upright", "sideways"])
def page(request: pytest.FixtureRequest, browser: Browser, place: Place) -> Iterator[Page]:
    place.is_today()
    context = browser.new_context(viewport=request.param, locale="fr-FR", has_touch=True)
    page = context.new_page()
    page.goto(f"{place.url}/checkin/{SLUG}")
    page.get_by_label("Clé").fill(place.door_key())
    page.get_by_role("button", name="Ouvrir la porte").click()
    expect(page.locator("html")).to_have_attribute("data-door", "ready")
    yield page
    context.close()


def is_seen_whole(element: Locator) -> bool:
    inside = """element => {
      const { top, bottom, left, right } = element.getBoundingClientRect();
      return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
    }"""
    return bool(element.evaluate(inside))


def test_the_header_leaves_the_page_to_the_queue(page: Page) -> None:
    header = page.locator(".masthead").bounding_box()
    assert header is not None
    assert header["height"] <= MOST_HEADER
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    for control in page.locator(".masthead :is(a, button):visible").all():
        assert is_seen_whole(control)


def test_the_longest_verdict_is_seen_with_the_field_for_codes(page: Page, place: Place) -> None:
    code = place.code_of(place.registered(1, "atelier-3"))
    outcome, field = page.locator("#outcome"), page.get_by_label("Code")
    page.get_by_label("Porte").select_option("atelier-1")
    field.fill(code)
    page.keyboard.press("Enter")
    expect(outcome).to_contain_text("Mauvais atelier")
    assert is_seen_whole(outcome.locator(".verdict"))
    assert is_seen_whole(outcome.locator(".room"))
    assert is_seen_whole(field)
    typed = field.bounding_box()
    assert typed is not None
    assert typed["width"] >= NARROWEST_FIELD


def test_the_result_of_a_walk_in_is_read_in_another_language(page: Page) -> None:
    page.goto(page.url.partition("?")[0] + "/walk-in")  # as without a script
    page.get_by_label("Nom", exact=True).fill("Roy")
    page.get_by_label("Prénom").fill("Ali")
    page.get_by_role("button", name="Inscrire et laisser entrer").click()
    outcome = page.locator("#outcome")
    expect(outcome).to_contain_text("Choisissez un atelier")
    expect(outcome).to_be_focused()
    page.get_by_role("link", name="English").click()
    expect(outcome).to_contain_text("choose a workshop")
    expect(page.get_by_label("Last name")).to_have_value("Roy")
    page.get_by_role("link", name="Français").click()
    page.get_by_label("Atelier 4").check()
    page.get_by_role("button", name="Inscrire et laisser entrer").click()
    expect(outcome).to_contain_text("Ali Roy")
    assert is_seen_whole(outcome.locator(".verdict"))
    page.get_by_role("link", name="English").click()
    expect(outcome).to_contain_text("Ali Roy")
    expect(page.get_by_role("button", name="Sign out", exact=True).first).to_be_visible()
    page.reload()
    expect(outcome).to_contain_text("Ali Roy")
