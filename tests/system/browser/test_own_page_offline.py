"""One's own page, with the code that the door scans, opens on a phone without a network; and what
ends it ends it there too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.registration.history.acts import SYSTEM
from services.registration.people.erasing import erase
from services.registration.people.resending import renew_link
from shared.testing import eventually
from tests.system.browser.place import DESKTOP, PHONE, SLUG, Place

KEPT = "async path => !!(await caches.match(path, { cacheName: 'emarge-own-pages' }))"
PUT_PAST = """async path => {
  const headers = { "X-Kept-Until": "2019-11-08T01:00:00+01:00" };
  const pages = await caches.open("emarge-own-pages");
  await pages.put(path, new Response("past", { headers }));
  return !!(await pages.match(path));
}"""
# Not for wait_for_function, to which a promise is true already.
READY = "async () => !!navigator.serviceWorker.controller"


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, locale="fr-FR", has_touch=True, is_mobile=True)
    yield context
    context.close()


@pytest.fixture
def person(place: Place) -> str:
    return place.registered(1, "atelier-3")


def path_of(place: Place, person: str) -> str:
    return f"/r/{place.desk.links.manage_token(person)}"


def visit(context: BrowserContext, place: Place, path: str) -> Page:
    """The page, once it could do without the network."""
    page = context.new_page()
    page.goto(place.url + path)
    eventually(lambda: page.evaluate(KEPT, path) and page.evaluate(READY))
    return page


def test_the_code_is_there_without_a_network(
    phone: BrowserContext, place: Place, person: str
) -> None:
    path = path_of(place, person)
    refused: list[str] = []
    page = visit(phone, place, path)
    page.on("console", lambda said: refused.append(said.text) if "Security" in said.text else None)
    place.network.cut()
    phone.set_offline(True)
    page.goto(f"{place.url}{path}?saved=true")
    expect(page.locator(".pass svg")).to_be_visible()
    expect(page.locator(".pass .code")).to_have_text(place.code_of(person))
    expect(page.get_by_text("Pas de réseau")).to_be_visible()
    expect(page.get_by_role("button", name="Enregistrer mon choix")).to_be_hidden()
    font = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "Spectral" in font  # its stylesheet is there too
    assert refused == []
    phone.set_offline(False)
    place.network.restore()


@pytest.mark.parametrize("ended", ["erased", "renewed"])
def test_what_has_ended_is_kept_no_longer(
    phone: BrowserContext, place: Place, person: str, ended: str
) -> None:
    path = path_of(place, person)
    page = visit(phone, place, path)
    if ended == "erased":
        erase(place.desk, person)
    else:
        renew_link(place.desk, person, SYSTEM)
    page.goto(place.url + path)
    eventually(lambda: not page.evaluate(KEPT, path))


def test_what_is_done_on_it_ends_the_copy_of_before(
    phone: BrowserContext, place: Place, person: str
) -> None:
    path = path_of(place, person)
    page = visit(phone, place, path)
    page.goto(f"{place.url}{path}/cancel")
    page.locator("form button").last.click()
    expect(page.get_by_text("annulée").first).to_be_visible()
    eventually(lambda: not page.evaluate(KEPT, path))


@pytest.mark.parametrize("below", ["", "/cancel"])
def test_a_page_that_is_opened_ends_every_copy_that_is_past(
    phone: BrowserContext, place: Place, person: str, below: str
) -> None:
    path = path_of(place, person)
    page = visit(phone, place, path)
    assert page.evaluate(PUT_PAST, "/r/of-a-day-that-is-over")
    page.goto(f"{place.url}{path}{below}")
    eventually(lambda: not page.evaluate(KEPT, "/r/of-a-day-that-is-over"))
    assert page.evaluate(KEPT, path)


def test_a_new_worker_ends_what_is_past(phone: BrowserContext, place: Place) -> None:
    page = phone.new_page()
    page.goto(f"{place.url}/c/{SLUG}")
    assert page.evaluate(PUT_PAST, "/r/of-a-day-that-is-over")
    page.evaluate("() => navigator.serviceWorker.register('/r/worker.js', { scope: '/r/' })")
    eventually(lambda: not page.evaluate(KEPT, "/r/of-a-day-that-is-over"))


def test_nothing_is_kept_once_the_day_is_over(
    phone: BrowserContext, place: Place, person: str
) -> None:
    path = path_of(place, person)
    page = phone.new_page()
    page.clock.set_fixed_time("2099-01-01")
    page.goto(place.url + path)
    expect(page.locator("[data-kept-until]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("async () => (await caches.keys()).length") == 0


def test_a_computer_keeps_nothing(browser: Browser, place: Place, person: str) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="fr-FR")
    page = context.new_page()
    path = path_of(place, person)
    page.goto(place.url + path)
    page.wait_for_load_state("networkidle")
    assert not page.evaluate(KEPT, path)
    assert (
        page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    )
    context.close()
