"""The page that is shared, in a browser: the button under the thumb, its colour, its policy."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from services.registration.editing.public_page import Profile, set_picture, set_profile
from services.registration.editing.saving import Saving, save_programme
from services.registration.history.acts import SYSTEM
from services.registration.pictures.reading import read_picture
from services.registration.programme.document import parse_programme
from services.registration.programme.export import programme_yaml
from tests.registration.drawn import photo
from tests.system.browser.place import DESKTOP, PHONE, SLUG, Place
from tests.system.looking import complaints, is_too_wide

COLOUR = "rgb(122, 31, 92)"
LONG = f"Il *enquête*, voir https://www.example.org/{'rapportannuel' * 8}.pdf"  # wider than a phone


def dressed(place: Place) -> None:
    """The day with everything that its page can show."""
    more = "colour: '#7a1f5c'\naccess: 'Ligne **9**, https://example.org/plan'\n"
    text = programme_yaml(place.desk.programmes.fresh(SLUG)) + more
    save_programme(place.desk, parse_programme(text), Saving())
    set_picture(place.desk, SLUG, "image", read_picture("image", photo()), SYSTEM)
    set_picture(place.desk, SLUG, "logo", read_picture("logo", photo()), SYSTEM)
    portrait = read_picture("portrait", photo())
    set_profile(place.desk, SLUG, Profile("Pascal PICQ", LONG, portrait), SYSTEM)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_registering_is_at_hand_wherever_one_reads(
    browser: Browser, place: Place, scheme: Literal["light", "dark"]
) -> None:
    dressed(place)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(
    browser: Browser, place: Place, scheme: Literal["light", "dark"]
) -> None:
    dressed(place)
    context = browser.new_context(viewport=PHONE, locale="fr-FR", color_scheme=scheme)
    page = context.new_page()
    page.goto(place.organiser_link())
    page.get_by_role("button", name="Se connecter").click()
    for path in (f"/c/{SLUG}", f"/c/{SLUG}/register", f"/organiser/{SLUG}/public-page"):
        page.goto(place.url + path)
        assert complaints(page) == []
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert not is_too_wide(page)
    page.goto(f"{place.url}/c/{SLUG}")
    drawn = "[...document.images].every(each => each.loading === 'lazy' || each.naturalWidth > 0)"
    page.wait_for_function(drawn)
    context.close()
