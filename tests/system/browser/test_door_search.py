"""Searching at the door as a tired volunteer types: with a network, without, and by the server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from services.registration.base.person import Person
from services.registration.day.attendance import Passage, pass_door
from services.registration.seats.registering import Application, register
from tests.system.browser.place import SLUG, Place
from tests.system.browser.test_door_offline import DOOR, device, stand

NAMESAKES = 14


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    place.is_today()
    people = [("Charles", "D’Artagnan", "Mousquetaires"), ("Łukasz", "Wałęsa", "Gdańsk")]
    people += [("Zoé", "Le Goff", f"Mairie de Brest {number}") for number in range(NAMESAKES)]
    for number, (first_name, last_name, organisation) in enumerate(people):
        person = Person(
            first_name=first_name,
            last_name=last_name,
            email=f"personne{number}@example.org",
            organisation=organisation,
        )
        registered = register(
            place.desk, SLUG, Application(person, ("atelier-1",), waitlist=True, by_staff=True)
        )
        if last_name == "D’Artagnan":
            pass_door(place.desk, SLUG, Passage(registered.code, "in"))
    with device(browser) as context:
        yield stand(context, place)


def found(page: Page, typed: str) -> list[str]:
    page.locator("#q").fill(typed)
    return page.locator("[data-found] li strong").all_inner_texts()


def test_people_are_found_with_a_network_and_without(page: Page, place: Place) -> None:
    for _ in ("with", "without"):
        assert found(page, "d'artagnan") == ["Charles D’Artagnan"]
        expect(page.locator("[data-found] .tag.good")).to_contain_text("Entré à")
        assert found(page, "lukasz gdansk") == ["Łukasz Wałęsa"]
        assert found(page, "personne1@example.org") == []
        assert len(found(page, "legoff")) == 12
        expect(page.locator("[data-found]")).to_contain_text(f"Les 12 premiers sur {NAMESAKES}")
        assert found(page, "le goff brest13") == ["Zoé Le Goff"]
        expect(page.locator("[data-found] li .soft")).to_have_text("Mairie de Brest 13")
        found(page, "quelqu'un d'autre")
        expect(page.locator("[data-found]")).to_have_text("Aucun inscrit ne correspond.")
        place.network.cut()
    place.network.restore()


def test_the_server_shows_the_same(browser: Browser, page: Page, place: Place) -> None:
    context = browser.new_context(
        java_script_enabled=False, locale="fr-FR", storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(f"{place.url}{DOOR}?q=d%27artagnan")
    expect(plain.locator(".found strong")).to_have_text("Charles D’Artagnan")
    expect(plain.locator(".found .tag.good")).to_contain_text("Entré à")
    plain.goto(f"{place.url}{DOOR}?q=goff")
    expect(plain.locator(".found li")).to_have_count(12)
    expect(plain.locator("[data-found]")).to_contain_text(f"Les 12 premiers sur {NAMESAKES}")
    context.close()
