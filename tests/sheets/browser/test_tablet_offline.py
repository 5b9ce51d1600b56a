"""The tablet without a network: people sign on, and everything is sent later, once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from deploy.local.browser import profile
from services.sheets.room.devices import add_device, end_device
from shared.base.clock import now
from shared.testing import eventually
from tests.sheets.browser.conftest import Place
from tests.sheets.browser.drawing import dot, draw
from tests.sheets.pages.room import SLUG

BY = "o@example.org"
# Not for wait_for_function, to which a promise is true already.
READY = "async path => !!(navigator.serviceWorker.controller && (await caches.match(path)))"
PATIENCE = 20_000  # ms: a tablet looks for the network every five seconds


def link_of(place: Place, called: str = "Tablette A") -> str:
    name = add_device(place.desk.database, SLUG, "tablet", called, BY)
    until = now() + timedelta(days=2)
    return place.url + place.desk.openings.link("tablet", str(name), until)


def lay(context: BrowserContext, link: str) -> Page:
    """Open it, and wait until it could do without the network."""
    page = context.new_page()
    page.goto(link)
    expect(page.locator("[data-line]")).to_contain_text("Connecté")
    path = page.evaluate("location.pathname")
    eventually(lambda: page.evaluate(READY, path))
    page.get_by_role("button", name="L’eau et la ville A").click()
    return page


def sign(page: Page, name: str, *, by_hand: bool = True) -> None:
    page.get_by_label("Votre nom").fill(name[:4])
    page.get_by_role("button", name=name).click()
    if by_hand:
        draw(page, "dialog canvas")
        page.get_by_role("button", name="Signer", exact=True).click()
    else:
        page.get_by_role("button", name="Confirmer sans dessiner").click()
    expect(page.locator("[data-said]")).to_contain_text(f"{name} a signé")


@contextmanager
def another(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 900, "height": 1200}, locale="fr-FR")
    yield context
    context.close()


def test_people_sign_on_while_the_network_is_away(tablet: BrowserContext, place: Place) -> None:
    zoe = place.room.attends()
    place.room.attends("Ann", "Le Goff")
    page = lay(tablet, link_of(place))
    place.cut()
    sign(page, "Zoé N’Diaye")
    line = page.locator("[data-line]")
    expect(line).to_contain_text("Pas de réseau", timeout=PATIENCE)
    expect(line).to_contain_text("1 signature attend d’être envoyée")
    page.reload()
    expect(page.get_by_text("1 sur 2 ont signé")).to_be_visible()
    sign(page, "Ann Le Goff", by_hand=False)
    assert place.room.signed() == []
    place.restore()
    expect(line).to_contain_text("Connecté", timeout=PATIENCE)
    expect(line).not_to_contain_text("attend", timeout=PATIENCE)
    assert place.room.signed() == ["Ann Le Goff", "Zoé N’Diaye"]
    assert place.room.people()[zoe.id].by_hand


def test_two_tablets_on_one_sheet_without_a_network(browser: Browser, place: Place) -> None:
    place.room.attends()
    place.room.attends("Ann", "Le Goff")
    with another(browser) as left, another(browser) as right:
        pages = [lay(left, link_of(place, "left")), lay(right, link_of(place, "right"))]
        left.set_offline(True)
        right.set_offline(True)
        for page in pages:
            sign(page, "Zoé N’Diaye")  # on both: neither can know
        sign(pages[1], "Ann Le Goff")
        left.set_offline(False)
        right.set_offline(False)
        for page in pages:
            expect(page.locator("[data-line]")).not_to_contain_text("attend", timeout=PATIENCE)
    assert (place.room.signed(), place.room.entries()) == (["Ann Le Goff", "Zoé N’Diaye"], 2)


def test_a_browser_that_was_closed_sends_what_it_had(
    browser: Browser, place: Place, tmp_path: Path
) -> None:
    place.room.attends()
    link = link_of(place)
    with profile(browser, tmp_path) as context:
        lay(context, link)
    place.cut()
    path = link.partition("?")[0]
    with profile(browser, tmp_path) as context:
        page = context.new_page()
        page.goto(path)
        page.get_by_role("button", name="L’eau et la ville A").click()
        sign(page, "Zoé N’Diaye")
    place.restore()
    with profile(browser, tmp_path) as context:
        page = context.new_page()
        page.goto(path)
        expect(page.locator("[data-line]")).to_contain_text("Connecté", timeout=PATIENCE)
        eventually(lambda: place.room.signed() == ["Zoé N’Diaye"])


def test_what_is_refused_is_shown_and_kept(tablet: BrowserContext, place: Place) -> None:
    zoe = place.room.attends()
    page = lay(tablet, link_of(place))
    place.room.cancels(zoe)
    sign(page, "Zoé N’Diaye")
    refused = page.locator("[data-refused]")
    expect(refused).to_contain_text("Zoé N’Diaye", timeout=PATIENCE)
    expect(refused).to_contain_text("Cette place a été annulée")
    expect(page.locator("[data-said]")).to_be_hidden()
    page.reload()
    expect(refused).to_contain_text("Cette place a été annulée", timeout=PATIENCE)
    page.get_by_role("button", name="Jeter").click()
    expect(refused).to_be_hidden()


def test_what_waited_for_the_network_is_kept_whatever_happened_meanwhile(
    tablet: BrowserContext, place: Place
) -> None:
    zoe = place.room.attends()
    page = lay(tablet, link_of(place))
    place.cut()
    sign(page, "Zoé N’Diaye")
    expect(page.locator("[data-line]")).to_contain_text("Pas de réseau", timeout=PATIENCE)
    place.room.cancels(zoe)
    place.restore()
    expect(page.locator("[data-line]")).to_contain_text("Connecté", timeout=PATIENCE)
    expect(page.locator("[data-line]")).not_to_contain_text("attend", timeout=PATIENCE)
    expect(page.locator("[data-refused]")).to_be_hidden()
    assert place.room.people()[zoe.id].marks == ("cancelled",)


def test_a_dot_is_no_signature(tablet: BrowserContext, place: Place) -> None:
    place.room.attends()
    page = lay(tablet, link_of(place))
    page.get_by_role("button", name="Zoé N’Diaye").click()
    dot(page, "dialog canvas")
    page.get_by_role("button", name="Signer", exact=True).click()
    expect(page.locator("[data-draw-first]").filter(visible=True)).to_be_focused()
    page.get_by_role("button", name="Retour").click()
    assert place.room.signed() == []


def test_nothing_can_be_read_on_the_tablet(tablet: BrowserContext, place: Place) -> None:
    place.room.attends()
    page = lay(tablet, link_of(place))
    place.cut()
    sign(page, "Zoé N’Diaye")
    kept = page.evaluate(KEPT)
    assert kept["extractable"] is False
    assert {name.split(":")[0] for name in kept["names"]} == {"key", "list", "waiting"}
    assert "N’Diaye" not in kept["text"]
    assert "pass=" not in kept["text"]


@pytest.mark.parametrize("how", ["ended", "over"])
def test_after_its_time_it_names_nobody_and_keeps_nothing(
    tablet: BrowserContext, place: Place, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.room.attends()
    link = link_of(place)
    page = lay(tablet, link)
    if how == "ended":
        name = page.evaluate("location.pathname").rpartition("/")[2]
        end_device(place.desk.database, SLUG, name, BY)
    else:
        later = now() + timedelta(days=1)
        monkeypatch.setattr("shared.base.clock.epoch_seconds", later.timestamp)
        page.clock.set_fixed_time(later)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-line]")).to_contain_text(
        "Cette tablette ne prend plus de signatures", timeout=60_000
    )
    expect(page.get_by_role("button", name="Zoé N’Diaye")).to_be_hidden()
    eventually(lambda: page.evaluate(LEFT) == [0, 0])


# What a thief would find in the browser's storage.
KEPT = """async () => {
  const [{ name }] = await indexedDB.databases();
  const opening = indexedDB.open(name);
  const database = await new Promise((done) => (opening.onsuccess = () => done(opening.result)));
  const store = database.transaction("kept").objectStore("kept");
  const all = (request) => new Promise((done) => (request.onsuccess = () => done(request.result)));
  const [names, values] = await Promise.all([all(store.getAllKeys()), all(store.getAll())]);
  database.close();
  const cached = await (await caches.match(location.pathname)).text();
  const sealed = values.filter((value) => value.sealed);
  return {
    names,
    extractable: values.find((value) => value.key).key.extractable,
    text: sealed.map((value) => new TextDecoder().decode(value.sealed)).join() + cached,
  };
}"""
LEFT = """async () => [
  (await indexedDB.databases()).length,
  (await caches.match(location.pathname)) ? 1 : 0,
]"""
