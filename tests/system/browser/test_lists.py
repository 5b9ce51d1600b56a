"""An organiser brings the lists they have, in a real browser: says what a column is, decides about
broken names and cancelled rows, and says yes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy import select

from services.registration.base import tables
from services.registration.service import Resources, service
from shared.testing import drain
from tests.system.browser.place import DESKTOP, PHONE, SLUG, Place
from tests.system.looking import complaints, is_too_wide

IMPORT = f"/organiser/{SLUG}/registrations/import"
TICKETS = """\
Order ID,First Name,Last Name,Email,Quantity,Ticket Type,Attendee Status,Workshop,Territoire
1001,Camille,Lefèvre,camille@example.org,1,Standard,Attending,Atelier 1,Est Ensemble
1002,Ali,Roy,ali@example.org,1,Standard,Refunded,Atelier 2,Plaine Commune
1003,Zoé,N’Diaye,zoe@example.org,1,Standard,Attending,Atelier 2,Plaine Commune
"""
BROKEN = """\
Colonne 1;Colonne 2;Courriel;Choix
Ren‚;LEFÔVRE;rene@example.org;atelier-1
Éva;Roy;eva@example.org;atelier-1
"""


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(browser: Browser, place: Place, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport=request.param)
    page = context.new_page()
    page.goto(place.organiser_link())
    page.get_by_role("button", name="Sign in").click()
    yield page
    context.close()


def upload(page: Page, place: Place, name: str, content: str) -> None:
    page.goto(f"{place.url}{IMPORT}")
    file = FilePayload(name=name, mimeType="text/csv", buffer=content.encode())
    page.get_by_label("List of people").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()


def is_fit_to_be_seen(page: Page) -> None:
    assert not complaints(page)
    assert not is_too_wide(page)


def registered(place: Place) -> list[str]:
    drain(service, place.desk.database, Resources(place.desk, place.board))
    of = tables.Registration
    with place.desk.database.read() as connection:
        return list(connection.execute(select(of.last_name).order_by(of.id)).scalars())


def test_what_a_ticket_office_exports_is_registered(page: Page, place: Place) -> None:
    upload(page, place, "attendees.csv", TICKETS)
    expect(page.get_by_text("2 people are registered, and get the usual email.")).to_be_visible()
    expect(page.get_by_text("“Territoire” is not read.")).to_be_visible()
    is_fit_to_be_seen(page)
    refunded = page.get_by_label("Choose Ali Roy")
    expect(refunded).not_to_be_checked()
    refunded.check()
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_text("3 personnes sont inscrites")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(refunded).to_be_checked()
    refunded.uncheck()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("This goes on by itself")).to_be_visible()
    assert registered(place) == ["Lefèvre", "N’Diaye"]


def test_columns_are_said_and_broken_names_decided(page: Page, place: Place) -> None:
    upload(page, place, "liste.csv", BROKEN)
    expect(page.get_by_role("alert")).to_contain_text("Say which column this is")
    is_fit_to_be_seen(page)
    page.get_by_label("Column A Colonne 1").select_option("First name")
    page.get_by_label("Column B Colonne 2").select_option("Last name")
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("1 row is doubtful")).to_be_visible()
    assert page.get_by_role("radio", checked=True).count() == 0
    is_fit_to_be_seen(page)
    for reading in ("Last name: LEFÈVRE", "First name: René"):
        page.get_by_role("radio", name=reading).check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("This goes on by itself")).to_be_visible()
    assert registered(place) == ["LEFÈVRE", "Roy"]

    upload(page, place, "liste.csv", BROKEN.replace("example.org", "example.net"))
    expect(page.get_by_text("1 row is doubtful")).to_be_visible()  # the columns are remembered
