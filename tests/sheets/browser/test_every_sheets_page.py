"""Every page of sheets, in both languages: axe-core finds nothing serious, and nothing is to be
pushed sideways to be read, on a phone and on a desk."""

import time
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, expect

from services.sheets.hosts.hosting import name_host
from services.sheets.pages.organiser.here import AREA
from services.sheets.room.devices import add_device
from services.sheets.signing.signing import By, sign
from shared.base.clock import now
from shared.pages.visitors import Visitor, way_in
from tests.sheets.browser.conftest import Place
from tests.sheets.pages.room import SLUG, Attending
from tests.system.browser.place import DESKTOP, PHONE
from tests.system.looking import complaints, is_too_wide

BY = "o@example.org"
LONG = "Communauté d’agglomération du Grand Paris Sud Seine-Essonne-Sénart"


def wrong(page: Page, name: str) -> list[str]:
    found = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        found += [f"{name}: {each}" for each in complaints(page)]
        found += [f"{name}: too wide for {size}"] if is_too_wide(page) else []
    return found


def looked_at(page: Page, pages: dict[str, str]) -> list[str]:
    found = []
    for name, address in pages.items():
        for language in ("fr", "en"):
            joint = "&" if "?" in address else "?"
            page.goto(f"{address}{joint}lang={language}")
            assert page.locator("html").get_attribute("lang") == language
            found += wrong(page, f"{name}, {language}")
    return found


def peopled(place: Place) -> list[Attending]:
    """Some have signed, in all ways."""
    room = place.room
    names = [("Zoé", "N’Diaye", ""), ("Jean-Baptiste", "de La Rochefoucauld-Montbel", LONG)]
    people = [room.attends(first, last, organisation=of) for first, last, of in names]
    people += [room.attends("Ann", "Le Goff"), room.attends("Fatou", "Sow")]
    signing, sheet = place.desk.signing, room.sheet().id
    tablet, late = By("tablet", "Tablette A", "tablet"), now() - timedelta(days=30)
    sign(signing, sheet, people[1].id, by=tablet, at=now(), strokes=None, key="a")
    sign(signing, sheet, people[2].id, by=tablet, at=late, strokes=None, key="b")
    return people


def test_whoever_signs(phone: BrowserContext, place: Place) -> None:
    zoe, *_ = peopled(place)
    page, sheet = phone.new_page(), place.room.sheet()
    found = looked_at(page, {"code": f"{place.url}/sheets/here"})
    page.goto(f"{place.url}/sheets/here/{sheet.id}/{place.room.shown('atelier-2')}")
    found += wrong(page, "another room's code")
    page.goto(f"{place.url}/sheets/here/{sheet.id}/{place.room.shown()}")
    own = f"{place.url}/sheets/sign/{sheet.id}"
    found += looked_at(page, {"who": own})
    for code in ("nobody", zoe.code):
        page.get_by_label("Last name").fill("N’Diaye")
        page.get_by_label("Code on your badge").fill(code)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        found += wrong(page, f"who, with {code}")
    expect(page.locator("canvas")).to_be_visible()
    found += looked_at(page, {"sign": own})
    page.get_by_role("button", name="Sign", exact=True).click()
    found += wrong(page, "draw first")
    page.get_by_role("button", name="Confirm without drawing").click()
    expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    found += looked_at(page, {"done": own})
    phone.clear_cookies()
    page.goto(own)
    found += wrong(page, "not in the room")
    assert found == []


def test_the_room_the_host_and_the_tablet(phone: BrowserContext, place: Place) -> None:
    people = peopled(place)
    sheet, database = place.room.sheet(), place.desk.database
    host = name_host(database, sheet, "Le Goff Ann", "", "fr", BY)
    screen = add_device(database, SLUG, "screen", "", BY, sheet.id)
    tablet = add_device(database, SLUG, "tablet", "Tablette A", BY)
    until, page = now() + timedelta(hours=2), phone.new_page()
    link = place.desk.openings.link
    page.goto(place.url + link("screen", str(screen), until))
    page.goto(place.url + link("host", host, until))
    page.goto(place.url + link("tablet", str(tablet), until))
    pages = {
        "screen": f"{place.url}/sheets/screen/{screen}",
        "host": f"{place.url}/sheets/host/{host}",
        "names without a script": f"{place.url}/sheets/tablet/{tablet}/{sheet.id}",
        "box": f"{place.url}/sheets/tablet/{tablet}/{sheet.id}/{people[0].id}",
        "tablet": f"{place.url}/sheets/tablet/{tablet}",
    }
    found = looked_at(page, pages)
    page.get_by_role("button", name="L'eau et la ville A").click()
    found += wrong(page, "names")
    page.get_by_role("button", name="Fatou Sow").click()
    found += wrong(page, "dialog")
    page.goto(pages["host"])
    page.locator("details summary").first.click()
    found += wrong(page, "host's marks")
    assert found == []


def test_the_organiser(phone: BrowserContext, place: Place) -> None:
    peopled(place)
    sheet, database = place.room.sheet(), place.desk.database
    name_host(database, sheet, "Marie Curie", "m@example.org", "fr", BY)
    add_device(database, SLUG, "tablet", "Tablette A", BY)
    add_device(database, SLUG, "screen", "", BY, sheet.id)
    who = Visitor(SLUG, "organiser", BY, "session:1", "organiser:1", time.time())
    page, here = phone.new_page(), f"{place.url}/organiser/{SLUG}/sheets"
    page.goto(place.url + way_in(who, AREA, "", place.desk.settings.keys))
    pages = {
        "sheets": here,
        "tablets": f"{here}/tablets",
        "paper": f"{here}/{sheet.id}/paper",
        "sheet": f"{here}/{sheet.id}",
    }
    found = looked_at(page, pages)
    for summary in page.locator("details summary").all():
        summary.click()
    found += wrong(page, "sheet, corrections")
    assert found == []
