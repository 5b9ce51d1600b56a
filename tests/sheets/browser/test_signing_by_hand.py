"""Signing with a finger or a keyboard, with scripts or without, on a phone as it is held."""

import time

from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.sheets.hosts.hosting import name_host
from services.sheets.pictures import album
from services.sheets.room.devices import add_device
from shared.base.clock import now
from tests.sheets.browser.conftest import Place
from tests.sheets.browser.drawing import dot, draw
from tests.sheets.pages.room import SLUG, Attending


def come_in(page: Page, place: Place, who: Attending) -> None:
    page.goto(f"{place.url}/sheets/here/{place.room.sheet().id}/{place.room.shown()}")
    page.get_by_label("Nom", exact=True).fill("n'diaye")
    page.get_by_label("Code de votre badge").fill(who.code.lower())
    page.keyboard.press("Enter")


def strokes_of(place: Place, who: Attending) -> list[list[tuple[int, int]]]:
    entry = place.room.people()[who.id].entry
    assert entry is not None
    with place.desk.database.read() as connection:
        kept = album.strokes_of(connection, place.desk.signing.keyring, entry)
    return [list(line) for line in kept.lines] if kept else []


def test_a_signature_is_drawn_and_kept_in_under_15_seconds(
    phone: BrowserContext, place: Place
) -> None:
    zoe = place.room.attends()
    page, begun = phone.new_page(), time.monotonic()
    come_in(page, place, zoe)
    expect(page.locator(".statement")).to_contain_text("J’atteste ma présence le")
    expect(page.locator(".statement")).to_contain_text("« L’eau et la ville A »")
    draw(page)
    page.get_by_role("button", name="Signer", exact=True).click()
    expect(page.get_by_role("heading", name="Signé")).to_be_visible()
    assert time.monotonic() - begun < 15
    [line] = strokes_of(place, zoe)
    assert len(line) > 20
    assert line[0][0] < 1500 < 8000 < line[-1][0]  # as wide as it was drawn
    assert place.room.people()[zoe.id].by_hand


def test_a_dot_is_no_signature_and_a_cleared_box_is_empty(
    phone: BrowserContext, place: Place
) -> None:
    zoe = place.room.attends()
    page = phone.new_page()
    come_in(page, place, zoe)
    sign = page.get_by_role("button", name="Signer", exact=True)
    sign.click()
    wanted = page.locator("[data-draw-first]")
    expect(wanted).to_be_focused()
    dot(page)
    sign.click()
    expect(wanted).to_contain_text("Dessinez d’abord votre signature")
    draw(page)
    expect(wanted).to_be_hidden()
    page.get_by_role("button", name="Effacer").click()
    sign.click()
    expect(wanted).to_be_visible()
    assert place.room.signed() == []


def test_keyboard_alone_confirms(phone: BrowserContext, place: Place) -> None:
    zoe = place.room.attends()
    page = phone.new_page()
    come_in(page, place, zoe)
    confirm = page.get_by_role("button", name="Confirmer sans dessiner")
    for _ in range(12):
        page.keyboard.press("Tab")
        if confirm.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Signé")).to_be_visible()
    assert not place.room.people()[zoe.id].by_hand


def test_without_scripts_one_confirms(browser: Browser, place: Place) -> None:
    zoe = place.room.attends()
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    come_in(page, place, zoe)
    expect(page.locator("canvas")).to_be_hidden()
    expect(page.get_by_role("button", name="Signer", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Confirmer sans dessiner").click()
    expect(page.get_by_role("heading", name="Signé")).to_be_visible()
    context.close()
    assert place.room.signed() == ["Zoé N’Diaye"]


def test_a_host_countersigns_by_hand(phone: BrowserContext, place: Place) -> None:
    sheet = place.room.sheet()
    host = name_host(place.desk.database, sheet, "Marie", "", "fr", "o@example.org")
    page = phone.new_page()
    page.goto(place.url + place.desk.openings.link("host", host, sheet.ends_at))
    draw(page)
    page.get_by_role("button", name="Contresigner").click()
    expect(page.get_by_text("Vous avez contresigné")).to_be_visible()
    assert place.room.entries() == 1


def test_the_screen_takes_the_next_code_by_itself(phone: BrowserContext, place: Place) -> None:
    sheet = place.room.sheet()
    screen = add_device(place.desk.database, SLUG, "screen", "", "o@example.org", sheet.id)
    page = phone.new_page()
    page.clock.install()
    page.goto(place.url + place.desk.openings.link("screen", str(screen), sheet.ends_at))
    expect(page.locator(".signed-count")).to_contain_text("0 sur 0")
    place.room.attends()
    page.evaluate("window.sameDocument = true")
    page.clock.run_for(21_000)
    expect(page.locator(".signed-count")).to_contain_text("0 sur 1")
    code = page.locator(".room-code").inner_text()
    assert place.desk.codes.read(code, now(), sheet.id).verdict == "right"
    assert page.evaluate("window.sameDocument")
