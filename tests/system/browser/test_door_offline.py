"""The door without a network: the page, the list and the scans stay, and what was scanned is told
to the server later, whose word holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from deploy.local.browser import profile
from services.registration.day.headcounts import count
from services.registration.seats.changing import cancel
from shared.base.clock import now
from shared.testing import eventually
from tests.system.browser.place import PHONE, SLUG, Place

DOOR = f"/checkin/{SLUG}"
# Not for wait_for_function, to which a promise is true already.
READY = "async path => !!(navigator.serviceWorker.controller && (await caches.match(path)))"


@pytest.fixture(autouse=True)
def _today(place: Place) -> None:
    place.is_today()


@pytest.fixture
def people(place: Place) -> dict[str, str]:
    """Their codes."""
    registrations = {
        "first": place.registered(1, "atelier-3"),
        "second": place.registered(2, "atelier-1"),
        "cancelled": place.registered(3, "atelier-1"),
    }
    cancel(place.desk, registrations["cancelled"])
    return {name: place.code_of(number) for name, number in registrations.items()}


@contextmanager
def device(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    yield context
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    with device(browser) as context:
        yield context


def stand(context: BrowserContext, place: Place) -> Page:
    """Sign in at the door, and wait until the page could do without the network."""
    page = context.new_page()
    page.goto(f"{place.url}{DOOR}")
    page.get_by_label("Clé").fill(place.door_key())
    page.get_by_role("button", name="Ouvrir la porte").click()
    expect(page.locator("[data-line]")).to_contain_text("Connecté")
    eventually(lambda: page.evaluate(READY, DOOR))
    return page


def scan(page: Page, code: str, said: str) -> None:
    page.get_by_label("Code").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator("#outcome")).to_contain_text(said)


def present(place: Place) -> int:
    with place.desk.database.read() as connection:
        body = count(connection, SLUG).body
    day: int = body["conference"]["present"]
    return day


def test_the_queue_goes_on_while_the_network_is_away(
    phone: BrowserContext, place: Place, people: dict[str, str]
) -> None:
    page = stand(phone, place)
    place.network.cut()
    scan(page, people["first"], "Bienvenue")
    outcome = page.locator("#outcome")
    expect(outcome).to_contain_text("Zoé N’Diaye1")
    expect(outcome).to_contain_text("Petit auditorium")
    expect(outcome).to_contain_text("Sans réseau, d’après la liste de")
    expect(page.locator("[data-line]")).to_contain_text("1 passage ou inscription attend")
    scan(page, people["cancelled"], "Annulé")
    scan(page, "33333-33333", "Pas dans la liste")
    scan(page, "ABC", "Mal lu")
    page.get_by_label("Porte").select_option("atelier-1")
    page.get_by_label("Nom ou organisme").fill("n'diaye1")
    page.get_by_role("button", name="Noter l’entrée Zoé N’Diaye1").click()
    expect(outcome).to_contain_text("Mauvais atelier")
    expect(outcome).to_contain_text("Petit auditorium")
    page.reload()
    expect(page.get_by_label("Porte")).to_have_value("atelier-1")
    page.get_by_label("Porte").select_option("")
    scan(page, people["first"], "Déjà entré")
    assert present(place) == 0
    place.network.restore()
    expect(page.locator("[data-line]")).to_contain_text("Connecté", timeout=15_000)
    expect(page.locator("[data-journal]")).not_to_contain_text("attend")
    expect(page.locator("[data-journal] li").last).to_contain_text("enregistré")
    assert present(place) == 1


def test_the_panel_says_what_the_server_says_once_it_is_there_again(
    phone: BrowserContext, place: Place, people: dict[str, str]
) -> None:
    page = stand(phone, place)
    outcome = page.locator("#outcome")
    place.network.cut()
    scan(page, people["first"], "Sans réseau, d’après la liste")
    place.network.restore()
    expect(page.locator("[data-line]")).to_contain_text("Connecté", timeout=15_000)
    expect(outcome).not_to_contain_text("Sans réseau")
    expect(outcome).to_contain_text("Bienvenue")
    expect(outcome).to_contain_text("Zoé N’Diaye1")
    place.network.cut()
    later = place.code_of(place.registered(4, "atelier-2"))
    scan(page, later, "Pas dans la liste")
    place.network.restore()
    expect(outcome).to_contain_text("Prêt", timeout=15_000)
    assert present(place) == 1


def test_two_doors_and_one_badge(browser: Browser, place: Place, people: dict[str, str]) -> None:
    with device(browser) as left, device(browser) as right:
        cut_off, connected = stand(left, place), stand(right, place)
        left.set_offline(True)
        scan(cut_off, people["first"], "Bienvenue")
        scan(connected, people["first"], "Bienvenue")
        scan(connected, people["second"], "Bienvenue")
        scan(cut_off, people["second"], "Bienvenue")  # it cannot know
        left.set_offline(False)
        scans = cut_off.locator("[data-journal] li")
        expect(scans.first).to_contain_text("c’était déjà fait depuis", timeout=15_000)
        expect(scans.last).to_contain_text("enregistré")
        expect(scans.last).to_contain_text("sur un autre appareil")
        connected.reload()
        expect(connected.locator("[data-journal] li").last).to_contain_text("sur un autre appareil")
    assert present(place) == 2


def test_a_browser_that_was_closed_opens_the_door_without_network(
    browser: Browser, place: Place, people: dict[str, str], tmp_path: Path
) -> None:
    with profile(browser, tmp_path) as context:
        stand(context, place)
    place.network.cut()
    with profile(browser, tmp_path) as context:
        page = context.new_page()
        page.goto(f"{place.url}{DOOR}")
        scan(page, people["first"], "Bienvenue")
    place.network.restore()
    with profile(browser, tmp_path) as context:
        page = context.new_page()
        page.goto(f"{place.url}{DOOR}")
        expect(page.locator("[data-journal]")).to_contain_text("enregistré")
    assert present(place) == 1


def test_a_cancelled_badge_let_in_is_told_afterwards(
    phone: BrowserContext, place: Place, people: dict[str, str]
) -> None:
    later = place.registered(4, "atelier-2")
    page = stand(phone, place)
    place.network.cut()
    code = place.code_of(later)
    scan(page, code, "Bienvenue")
    cancel(place.desk, later)
    unknown = place.code_of(place.registered(5, "atelier-2"))
    scan(page, unknown, "Pas dans la liste")
    page.get_by_role("button", name="Laisser entrer quand même").click()
    expect(page.locator("#outcome")).to_contain_text("Bienvenue")
    place.network.restore()
    scans = page.locator("[data-journal] li")
    expect(scans.last).to_contain_text("non enregistré : Annulé", timeout=15_000)
    expect(scans.first).to_contain_text("Zoé N’Diaye5")
    assert present(place) == 1
    assert people


def test_nothing_can_be_read_on_the_device_nor_stays_there(
    phone: BrowserContext, place: Place, people: dict[str, str]
) -> None:
    page = stand(phone, place)
    scan(page, people["first"], "Bienvenue")
    kept = page.evaluate(KEPT)
    assert kept["extractable"] is False
    assert "list" in kept["names"]
    assert len(kept["names"]) == 3  # the key, the list, the scan
    assert "N’Diaye" not in kept["text"]
    assert people["first"] not in kept["text"]
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_label("Clé")).to_be_visible()
    eventually(lambda: page.evaluate(LEFT) == [0, 0])


def test_an_organiser_who_signs_out_elsewhere_leaves_only_what_was_not_sent(
    phone: BrowserContext, place: Place, people: dict[str, str]
) -> None:
    def sign_in() -> Page:
        page = phone.new_page()
        page.goto(place.organiser_link())
        page.get_by_role("button", name="Se connecter").click()
        page.goto(f"{place.url}{DOOR}")
        eventually(lambda: page.evaluate(READY, DOOR))
        return page

    door = sign_in()
    place.network.cut()
    scan(door, people["first"], "Bienvenue")
    door.close()
    place.network.restore()
    page = phone.new_page()
    page.goto(f"{place.url}/organiser")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_label("Adresse e-mail")).to_be_visible()
    eventually(lambda: page.evaluate(NAMES) == ["key", "waiting"])
    expect(sign_in().locator("[data-journal]")).to_contain_text("enregistré")
    assert present(place) == 1


def test_the_list_is_forgotten_after_the_day(
    phone: BrowserContext, place: Place, people: dict[str, str]
) -> None:
    page = stand(phone, place)
    place.network.cut()
    page.clock.set_fixed_time(now() + timedelta(days=1, hours=12))
    page.reload()
    scan(page, people["first"], "pas encore de liste")
    assert "list" not in page.evaluate(KEPT)["names"]


# What a thief would find in the browser's storage.
KEPT = f"""async () => {{
  const opening = indexedDB.open("emarge-door:{SLUG}");
  const database = await new Promise((done) => (opening.onsuccess = () => done(opening.result)));
  const store = database.transaction("kept").objectStore("kept");
  const all = (request) => new Promise((done) => (request.onsuccess = () => done(request.result)));
  const [names, values] = await Promise.all([all(store.getAllKeys()), all(store.getAll())]);
  database.close();
  const cached = await (await caches.match("{DOOR}")).text();
  const sealed = values.filter((value) => value.sealed);
  return {{
    names,
    extractable: values.find((value) => value.key).key.extractable,
    text: sealed.map((value) => new TextDecoder().decode(value.sealed)).join() + cached,
  }};
}}"""
NAMES = f"""async () => {{
  const opening = indexedDB.open("emarge-door:{SLUG}");
  const database = await new Promise((done) => (opening.onsuccess = () => done(opening.result)));
  const asked = database.transaction("kept").objectStore("kept").getAllKeys();
  const names = await new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  database.close();
  return names.map((name) => name.split(":")[0]);
}}"""
LEFT = f"""async () => [
  (await indexedDB.databases()).length,
  (await caches.match("{DOOR}")) ? 1 : 0,
]"""
