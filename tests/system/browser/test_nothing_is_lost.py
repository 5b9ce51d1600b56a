"""What is typed survives what happens on the way: a train, a tunnel, a second thought."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.browser.place import PHONE, SLUG, Place


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    yield context.new_page()
    context.close()


def test_what_is_typed_stays_until_it_is_sent(phone_page: Page, place: Place) -> None:
    form = f"{place.url}/c/{SLUG}/register"
    phone_page.goto(f"{form}?session=atelier-2")
    phone_page.get_by_label("Prénom").fill("Amélie")
    phone_page.get_by_label("Nom", exact=True).fill("Lefèvre")
    phone_page.get_by_label("Adresse e-mail").fill("amelie@example.org")
    phone_page.get_by_role("checkbox", name="Cocktail").check()
    phone_page.get_by_role("link", name="English").click()
    expect(phone_page.get_by_label("First name")).to_have_value("Amélie")
    phone_page.goto(f"{place.url}/c/{SLUG}?lang=fr")
    phone_page.get_by_role("link", name="Choisir Atelier 5").click()
    expect(phone_page.get_by_label("Prénom")).to_have_value("Amélie")
    expect(phone_page.get_by_role("checkbox", name="Cocktail")).to_be_checked()
    expect(phone_page.get_by_role("radio", name="Atelier 5")).to_be_checked()
    phone_page.get_by_role("checkbox", name="J’accepte").check()
    phone_page.get_by_role("button", name="S’inscrire").last.click()
    expect(phone_page.get_by_role("status")).to_contain_text("Votre inscription est confirmée")
    phone_page.goto(form)
    expect(phone_page.get_by_label("Prénom")).to_have_value("")


def test_mistakes_are_named_first_and_lead_to_their_fields(phone_page: Page, place: Place) -> None:
    phone_page.set_viewport_size({"width": 320, "height": 640})
    phone_page.goto(f"{place.url}/c/{SLUG}/register")
    phone_page.get_by_role("button", name="S’inscrire").last.click()
    expect(phone_page).to_have_title(
        "À corriger : S’inscrire · Journée nationale — « L’innovation au cœur des territoires »"
    )
    expect(phone_page.get_by_role("alert")).to_be_focused()
    phone_page.get_by_role("link", name="Adresse e-mail").click()
    expect(phone_page.get_by_label("Adresse e-mail")).to_be_focused()
    expect(phone_page.get_by_label("Adresse e-mail")).to_be_in_viewport()


def test_a_full_workshop_says_what_is_free_beside_it(phone_page: Page, place: Place) -> None:
    for number in range(40):
        place.registered(number, "atelier-4")
    phone_page.goto(f"{place.url}/c/{SLUG}")
    phone_page.get_by_role("link", name="Liste d’attente Atelier 4").click()
    workshops = phone_page.get_by_role("group", name="Votre atelier")
    expect(workshops).to_contain_text("Il n’y a plus de place dans Atelier 4")
    expect(workshops.locator(".instead")).to_contain_text("Libre à la même heure : Atelier 1")
    expect(workshops.get_by_role("checkbox", name="Atelier 4")).not_to_be_checked()
