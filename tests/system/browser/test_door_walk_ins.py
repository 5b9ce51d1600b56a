"""People who walk in: from the sheet over the door's page, with a network and without one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from services.registration.base.person import Person
from services.registration.seats.registering import Application, register
from shared.testing import eventually
from tests.system.browser.place import PHONE, SLUG, Place
from tests.system.browser.test_door_offline import KEPT, READY

DOOR = f"/checkin/{SLUG}"
SENT = 15_000  # ms until what waits is sent


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    place.is_today()
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{place.url}{DOOR}")
    page.get_by_label("Clé").fill(place.door_key())
    page.get_by_role("button", name="Ouvrir la porte").click()
    expect(page.locator("[data-line]")).to_contain_text("Connecté")
    eventually(lambda: page.evaluate(READY, DOOR))
    yield page
    context.close()


# The server is asked, and what it answers does not arrive.
LOSE = """() => {
  const ask = globalThis.fetch;
  globalThis.losing = true;
  globalThis.fetch = async (address, options) => {
    const answer = await ask(address, options);
    if (losing && address.endsWith("/walk-ins")) throw new TypeError("lost");
    return answer;
  };
}"""


def people(place: Place, last_name: str) -> list[tuple[str, str, int]]:
    """Who is registered by that name: address, status, and how often they were seen to come."""
    query = (
        "SELECT email, status, (SELECT count(*) FROM scan WHERE registration_id = registration.id)"
        " FROM registration WHERE last_name = ? ORDER BY id"
    )
    with place.desk.database.read() as connection:
        rows = connection.exec_driver_sql(query, (last_name,)).all()
    return [(str(email), str(status), int(seen)) for email, status, seen in rows]


def write(page: Page, last_name: str, **fields: str) -> None:
    """Open the sheet, fill it in and send it."""
    page.get_by_role("link", name="Inscrire sur place").click()
    sheet = page.locator("[data-sheet]")
    sheet.get_by_label("Nom", exact=True).fill(last_name)
    for name, value in fields.items():
        sheet.locator(f"[name={name}]").fill(value)
    sheet.get_by_role("button", name="Inscrire et laisser entrer").click()


def test_whoever_walks_in_goes_to_the_workshop_of_this_door(page: Page, place: Place) -> None:
    page.get_by_label("Porte").select_option("atelier-2")
    write(page, "Roy", first_name="Ali")
    outcome = page.locator("#outcome")
    expect(outcome).to_contain_text("Bienvenue")
    expect(outcome).to_contain_text("Ali Roy")
    expect(outcome).to_contain_text("Salle Jean Jaurès")
    expect(page.locator("[data-sheet]")).to_be_hidden()
    expect(page.locator("p[data-counted]").first).to_have_text("Présents : 1 sur 1")
    assert people(place, "Roy") == [("", "confirmed", 1)]


def test_what_is_wrong_is_said_first_and_the_sheet_stays(page: Page, place: Place) -> None:
    page.get_by_label("Porte").select_option("atelier-2")
    write(page, "Roy", email="ali")
    outcome = page.locator("[data-sheet] #outcome")
    expect(outcome).to_be_focused()
    expect(outcome).to_contain_text("Pas inscrit")
    sheet = page.locator("[data-sheet]")
    sheet.get_by_label("Adresse e-mail").fill("ali@example.org")
    sheet.get_by_label("Nom", exact=True).fill("www.example.org")  # which the server alone knows
    sheet.get_by_role("button", name="Inscrire et laisser entrer").click()
    expect(outcome).to_contain_text("sans lien")
    sheet.get_by_label("Nom", exact=True).fill("Roy")
    sheet.get_by_role("button", name="Inscrire et laisser entrer").click()
    expect(page.locator("#outcome")).to_contain_text("Bienvenue")
    assert people(place, "Roy") == [("ali@example.org", "confirmed", 1)]


def test_who_is_known_is_offered_as_the_name_is_typed(page: Page, place: Place) -> None:
    place.registered(1, "atelier-2")
    page.reload()
    expect(page.locator("[data-line]")).to_contain_text("Connecté")
    expect(page.locator("html")).to_have_attribute("data-door", "ready")
    page.get_by_role("link", name="Inscrire sur place").click()
    page.locator("[data-sheet]").get_by_label("Nom", exact=True).type("n'diaye")
    page.get_by_role("button", name="Noter l’entrée Zoé N’Diaye1").click()
    expect(page.locator("#outcome")).to_contain_text("Bienvenue")
    expect(page.locator("[data-sheet]")).to_be_hidden()


def test_a_walk_in_without_network_is_kept_and_sent_once(page: Page, place: Place) -> None:
    page.get_by_label("Porte").select_option("atelier-2")
    place.network.cut()
    write(page, "Roy", email="ali@example.org")
    outcome, line = page.locator("#outcome"), page.locator("[data-line]")
    expect(outcome).to_contain_text("Laissez entrer")
    expect(line).to_contain_text("1 passage ou inscription attend")
    assert "ali@example.org" not in page.evaluate(KEPT)["text"]
    page.reload()
    expect(line).to_contain_text("1 passage ou inscription attend")
    assert people(place, "Roy") == []
    place.network.restore()
    expect(page.locator("[data-journal]")).to_contain_text("enregistré", timeout=SENT)
    expect(line).not_to_contain_text("attend")
    page.reload()
    expect(line).to_contain_text("Connecté")
    assert people(place, "Roy") == [("ali@example.org", "confirmed", 1)]


def test_an_answer_that_was_lost_makes_no_second_person(page: Page, place: Place) -> None:
    page.get_by_label("Porte").select_option("atelier-2")
    page.evaluate(LOSE)
    write(page, "Roy")
    expect(page.locator("#outcome")).to_contain_text("Laissez entrer")
    assert len(people(place, "Roy")) == 1
    page.evaluate("() => (globalThis.losing = false)")
    expect(page.locator("#outcome")).to_contain_text("Bienvenue", timeout=SENT)
    expect(page.locator("[data-journal]")).to_contain_text("enregistré")
    assert people(place, "Roy") == [("", "confirmed", 1)]


def test_who_was_refused_later_is_shown_with_what_was_written(page: Page, place: Place) -> None:
    known = Person(first_name="Ali", last_name="Roy", email="ali@example.org")
    register(place.desk, SLUG, Application(known, ("atelier-2",), by_staff=True))
    page.get_by_label("Porte").select_option("atelier-2")
    place.network.cut()
    write(page, "Roy", first_name="Ali", email="ali@example.org", organisation="La Poste")
    expect(page.locator("#outcome")).to_contain_text("Laissez entrer")
    place.network.restore()
    refused = page.locator("[data-journal] li").first
    expect(refused).to_contain_text("déjà inscrite", timeout=SENT)
    expect(refused).to_contain_text("La Poste")
    expect(page.locator("#outcome")).to_contain_text("Pas inscrit")
    page.get_by_role("button", name="Se déconnecter", exact=True).click()
    expect(page.locator("[data-leave]")).to_contain_text("n’ont pas encore pu être envoyés")
    page.get_by_role("button", name="Rester").click()
    page.reload()  # nothing is lost
    refused.get_by_role("button", name="Corriger et renvoyer").click()
    sheet = page.locator("[data-sheet]")
    expect(sheet.get_by_label("Organisme")).to_have_value("La Poste")
    sheet.get_by_label("Adresse e-mail").fill("")
    sheet.get_by_role("button", name="Inscrire et laisser entrer").click()
    expect(page.locator("#outcome")).to_contain_text("Bienvenue")
    expect(refused).to_contain_text("enregistré")
    assert people(place, "Roy") == [("ali@example.org", "confirmed", 0), ("", "confirmed", 1)]


@pytest.mark.parametrize("email", ["", "ali@example.org"])
def test_who_presses_twice_on_a_slow_network_registers_one(
    page: Page, place: Place, email: str
) -> None:
    def slowly(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.get_by_label("Porte").select_option("atelier-2")
    page.route("**/walk-ins", slowly)
    page.get_by_role("link", name="Inscrire sur place").click()
    sheet = page.locator("[data-sheet]")
    sheet.get_by_label("Nom", exact=True).fill("Roy")
    sheet.get_by_label("Adresse e-mail").fill(email)
    button = sheet.get_by_role("button", name="Inscrire et laisser entrer")
    button.evaluate("button => { button.click(); button.click(); }")
    sheet.evaluate("sheet => sheet.querySelector('form').requestSubmit()")
    expect(page.locator("#outcome")).to_contain_text("Bienvenue")
    expect(sheet).to_be_hidden()
    assert people(place, "Roy") == [(email, "confirmed", 1)]


def test_a_mistyped_address_is_asked_about_once(page: Page, place: Place) -> None:
    page.get_by_label("Porte").select_option("atelier-2")
    write(page, "Roy", email="ali@gmial.com")
    sheet = page.locator("[data-sheet]")
    expect(sheet.locator("#outcome")).to_contain_text("ali@gmail.com")
    sheet.get_by_role("button", name="Inscrire et laisser entrer").click()
    expect(page.locator("#outcome")).to_contain_text("Bienvenue")
    assert people(place, "Roy") == [("ali@gmial.com", "confirmed", 1)]
