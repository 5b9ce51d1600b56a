"""Three people register on a phone: how many keys, taps and swipes, and never back up the page."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.system.browser.place import PHONE, SLUG, Place
from tests.system.browser.thumb import Thumb

MOST_SECONDS = 75


def test_three_people_in_one_go(
    browser: Browser, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    context = browser.new_context(viewport=PHONE, locale="fr-FR", has_touch=True, is_mobile=True)
    page = context.new_page()
    thumb = Thumb(page)
    page.goto(f"{place.url}/c/{SLUG}")
    thumb.tap(page.get_by_role("link", name="S’inscrire", exact=True))
    thumb.tap(page.get_by_label("Prénom"))
    thumb.type("Anne", "Lefèvre", "anne.lefevre@ville-lyon.fr", "Ville de Lyon")
    thumb.tap(_workshop(page, 0, "Atelier 2"))
    _add_and_type(thumb, 1, "Bruno", "Petitjean", "b.petitjean@ville-lyon.fr")
    thumb.tap(_workshop(page, 1, "Atelier 2"))
    _add_and_type(thumb, 2, "Chloé", "Morel", "chloe.morel@ville-lyon.fr")
    thumb.tap(_workshop(page, 2, "Atelier 5"))
    thumb.tap(page.locator("#consent input"))
    thumb.tap(page.get_by_role("button", name="Inscrire 3 personnes").last)
    expect(page.get_by_role("status")).to_contain_text("2 collègues sont inscrits également")
    context.close()
    with capsys.disabled():
        print(
            f"\nthree people by thumb: {thumb.seconds:.0f} s ({thumb.keys} keys, {thumb.taps} "
            f"taps, {thumb.swipes} swipes, {thumb.pages} pages)"
        )
    assert thumb.backwards == []
    assert thumb.taps <= 9
    assert thumb.seconds < MOST_SECONDS


def _workshop(page: Page, number: int, title: str) -> Locator:
    return page.locator("section.person").nth(number).locator(".choice", has_text=title).first


def _add_and_type(thumb: Thumb, number: int, *texts: str) -> None:
    """The first field of a new person has the focus: no tap leads there."""
    thumb.tap(thumb.page.get_by_role("button", name="Ajouter un collègue"))
    first = thumb.page.locator("section.person").nth(number).get_by_label("Prénom")
    expect(first).to_be_focused()
    thumb.type(*texts)
