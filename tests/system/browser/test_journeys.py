"""The journeys of three people in a real browser: phone and desktop, with and without JavaScript.

axe-core looks at every page they come to, in both languages, for what would shut somebody out.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.registration.editing.capacity import set_capacity
from tests.system.browser.place import DESKTOP, PHONE, SLUG, Place
from tests.system.looking import complaints, is_too_wide


@pytest.fixture(params=["phone", "desktop without script"])
def visit(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    on_phone = request.param == "phone"
    context = browser.new_context(
        viewport=PHONE if on_phone else DESKTOP, locale="fr-FR", java_script_enabled=on_phone
    )
    yield context
    context.close()


@pytest.fixture
def page(visit: BrowserContext) -> Page:
    return visit.new_page()


def test_someone_registers_and_changes_their_mind(page: Page, place: Place) -> None:
    page.goto(place.url)
    page.get_by_role("link", name="Journée nationale").click()
    page.get_by_role("link", name="Choisir Atelier 2").click()
    expect(page.get_by_role("radio", name="Atelier 2")).to_be_checked()
    page.get_by_label("Prénom").fill("Amélie")
    page.get_by_role("button", name="S’inscrire").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Presque")
    expect(page.get_by_label("Prénom")).to_have_value("Amélie")
    page.get_by_label("Nom", exact=True).fill("Lefèvre-Nguyễn")
    page.get_by_label("Adresse e-mail").fill("amelie@example.org")
    page.get_by_role("checkbox", name="J’accepte").check()
    page.get_by_role("button", name="S’inscrire").last.click()
    expect(page.get_by_role("status")).to_contain_text("Votre inscription est confirmée")
    page.get_by_role("radio", name="Atelier 4").check()
    page.get_by_role("button", name="Enregistrer mon choix").click()
    expect(page.get_by_role("status")).to_contain_text("enregistrés")
    expect(page.locator(".agenda")).to_contain_text("Booster l’inclusion")
    page.get_by_role("link", name="Annuler mon inscription").click()
    page.get_by_role("button", name="Annuler mon inscription").click()
    expect(page.get_by_text("a été annulée")).to_be_visible()


def test_a_volunteer_at_the_door(page: Page, place: Place) -> None:
    place.is_today()
    code = place.code_of(place.registered(1, "atelier-3"))
    page.goto(f"{place.url}/checkin/{SLUG}")
    page.get_by_label("Clé").fill(place.door_key())
    page.get_by_role("button", name="Ouvrir la porte").click()
    outcome = page.locator("#outcome")
    for scanned, said in ((code, "Bienvenue"), (code, "Déjà entré"), ("ABC", "Mal lu")):
        page.get_by_label("Code").fill(scanned)
        page.keyboard.press("Enter")
        expect(outcome).to_contain_text(said)
    page.goto(f"{place.url}/checkin/{SLUG}?door=atelier-1")
    page.get_by_label("Nom ou organisme").fill("n’diaye1")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("button", name="Noter l’entrée Zoé").click()
    expect(outcome).to_contain_text("Mauvais atelier")
    expect(outcome).to_contain_text("Petit auditorium")
    page.get_by_role("button", name="Laisser entrer quand même").click()
    expect(outcome).to_contain_text("Bienvenue")


def test_an_organiser_with_forty_things_to_do(page: Page, place: Place) -> None:
    for number in (1, 2):
        place.registered(number, "atelier-1")
    page.goto(place.organiser_link())
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("link", name="Journée nationale").click()
    page.get_by_label("Capacité de Atelier 1").fill("1")
    page.get_by_role("button", name="Enregistrer Atelier 1").click()
    expect(page.get_by_role("alert")).to_contain_text("a déjà 2 inscrits")
    page.get_by_role("link", name="Inscriptions").first.click()
    page.get_by_label("Nom, organisme").fill("diaye2")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="N’Diaye2 Zoé").click()
    page.get_by_role("radio", name="Atelier 5").check()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Enregistré")
    expect(page.get_by_role("radio", name="Atelier 5")).to_be_checked()


def test_counts_are_right_without_a_reload(live_page: Page, place: Place) -> None:
    live_page.goto(f"{place.url}/c/{SLUG}")
    places = live_page.locator("#atelier-4 [data-live=places]")
    expect(places).to_have_text("40 places libres")
    for number in range(40):
        place.registered(number, "atelier-4")
    place.registered(40, "atelier-4")
    place.board.recount(SLUG)
    expect(places).to_have_text("Complet")
    expect(live_page.locator("#atelier-4 [data-live=waiting]")).to_have_text("1 en attente")
    live_page.goto(f"{place.url}/c/{SLUG}/board")
    expect(live_page.locator("[data-of=atelier-4][data-count=registered]")).to_have_text("40")
    expect(live_page.get_by_text("Présents")).to_have_count(0)  # that is for staff


def test_the_keyboard_alone_is_enough(live_page: Page, place: Place) -> None:
    live_page.goto(f"{place.url}/c/{SLUG}/register")
    live_page.get_by_label("Prénom").focus()
    for text in ("Amélie", "Lefèvre", "amelie@example.org", "", ""):
        live_page.keyboard.type(text)
        live_page.keyboard.press("Tab")
    live_page.keyboard.press("Space")
    live_page.keyboard.press("ArrowDown")
    consent = live_page.get_by_role("checkbox", name="J’accepte")
    for _ in range(5):
        live_page.keyboard.press("Tab")
        if consent.evaluate("element => element === document.activeElement"):
            break
    live_page.keyboard.press("Space")
    live_page.keyboard.press("Enter")
    expect(live_page.get_by_role("status")).to_contain_text("Votre inscription est confirmée")
    expect(live_page.locator(".agenda")).to_contain_text("développement soutenable")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nobody_is_shut_out(live_page: Page, place: Place, language: str) -> None:
    """Every page, in each language, wide and narrow."""
    mine = place.registered(1, "atelier-1")
    set_capacity(place.desk, SLUG, "atelier-1", 1)
    live_page.goto(place.organiser_link())
    live_page.locator("main button").click()
    for path in (
        "/",
        f"/c/{SLUG}",
        f"/c/{SLUG}/register",
        f"/c/{SLUG}/my-link",
        f"/c/{SLUG}/board",
        f"/r/{place.desk.links.manage_token(mine)}",
        f"/r/{place.desk.links.manage_token(mine)}/cancel",
        f"/r/{place.desk.links.manage_token(mine)}/erase",
        f"/checkin/{SLUG}",
        f"/checkin/{SLUG}?q=zoe",
        "/organiser",
        f"/organiser/{SLUG}",
        f"/organiser/{SLUG}/registrations",
        f"/organiser/{SLUG}/registrations/{mine}",
        f"/organiser/{SLUG}/registrations/{mine}/cancel",
        f"/organiser/{SLUG}/registrations/{mine}/erase",
        f"/organiser/{SLUG}/close",
        "/nowhere",
    ):
        separator = "&" if "?" in path else "?"
        live_page.set_viewport_size(PHONE)
        live_page.goto(f"{place.url}{path}{separator}lang={language}")
        assert not is_too_wide(live_page), path
        live_page.set_viewport_size(DESKTOP)
        assert not is_too_wide(live_page), path
        assert not complaints(live_page), path
