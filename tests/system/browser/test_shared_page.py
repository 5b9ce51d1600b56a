"""The page that is shared, in a browser: the button under the thumb, its colour, its policy."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from services.registration.editing.saving import Saving, save_programme
from services.registration.programme.document import parse_programme
from services.registration.programme.export import programme_yaml
from tests.system.browser.place import PHONE, SLUG, Place

COLOUR = "rgb(122, 31, 92)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_registering_is_at_hand_wherever_one_reads(
    browser: Browser, place: Place, scheme: Literal["light", "dark"]
) -> None:
    text = programme_yaml(place.desk.programmes.fresh(SLUG)) + "colour: '#7a1f5c'\n"
    save_programme(place.desk, parse_programme(text), Saving())
    context = browser.new_context(
        viewport=PHONE, locale="fr-FR", has_touch=True, is_mobile=True, color_scheme=scheme
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{place.url}/c/{SLUG}")
    button = page.get_by_role("link", name="S’inscrire", exact=True)
    for where in ("0", "document.body.scrollHeight / 2", "document.body.scrollHeight"):
        page.evaluate(f"window.scrollTo(0, {where})")
        expect(button).to_be_in_viewport(ratio=1)
    assert button.evaluate("each => getComputedStyle(each).backgroundColor") == COLOUR
    assert button.evaluate("each => getComputedStyle(each).color") == "rgb(255, 255, 255)"
    # What is last on the page is not under it.
    last = page.locator("footer a").last.bounding_box()
    bar = button.bounding_box()
    assert last is not None
    assert bar is not None
    assert last["y"] + last["height"] <= bar["y"]
    button.click()
    page.wait_for_url("**/register")
    assert [each for each in said if "Content Security Policy" in each] == []
    context.close()
