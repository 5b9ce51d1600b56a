"""What people are told of their data, and what they agreed to."""

from datetime import date

import httpx
import pytest
from sqlalchemy import update

from services.registration.base import tables
from services.registration.base.consents import CURRENT, TEXTS
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.programme.document import parse_programme
from services.registration.seats.registering import register
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.pages.visits import ENTRY, seen

PRIVACY = """\
privacy:
  retention_months: 14
  data_contact: dpo@example.org
  data_note: Pictures are taken at lunch.
"""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_says_who_why_and_how_long(visitor, desk: Desk, language: str) -> None:
    import_programme(desk, parse_programme(programme_text(1, 2) + PRIVACY, on=IN_THREE_WEEKS))
    page = seen(visitor.get(f"/c/day/privacy?lang={language}"))
    for words in ("The organiser", "dpo@example.org", "Pictures are taken at lunch.", "14", "CNIL"):
        assert words in page
    assert ("Pendant combien de temps" in page) is (language == "fr")


def test_who_says_nothing_has_the_setting_and_the_usual_contact(visitor) -> None:
    page = seen(visitor.get("/c/day/privacy"))
    assert "contact@example.org" in page
    assert "36 months" in page


@pytest.mark.parametrize("path", ["/c/day", "/c/day/register"])
def test_the_pages_of_the_day_lead_there(visitor, path: str) -> None:
    assert 'href="/c/day/privacy"' in visitor.get(path).text


def test_what_was_agreed_to_is_in_ones_data(visitor, mine: str) -> None:
    assert "Your data are kept until" in seen(visitor.get(mine))
    data = visitor.get(f"{mine}/data.json").json()
    assert data["consent"]["version"] == CURRENT
    assert data["consent"]["language"] == "en"
    assert data["consent"]["text"] == TEXTS[CURRENT]["en"].format(organiser="The organiser")
    assert data["consent"]["given_at"] == data["registration"]["created_at"]
    assert data["consent"]["text"].partition(" keeps")[0] in seen(visitor.get("/c/day/register"))


def test_in_the_language_that_was_read(visitor) -> None:
    sent = visitor.post("/c/day/register?lang=fr", data={**ENTRY, "p0-email": "fr@example.org"})
    own = sent.headers["location"].partition("?")[0]
    consent = visitor.get(f"{own}/data.json").json()["consent"]
    assert (consent["language"], consent["text"][:10]) == ("fr", "J’accepte ")


def test_whom_an_organiser_registered_has_agreed_to_nothing(visitor, desk: Desk) -> None:
    person = register(desk, "day", someone(7, "b", by_staff=True))
    own = f"/r/{desk.links.manage_token(person.id)}"
    assert visitor.get(f"{own}/data.json").json()["consent"] is None


@pytest.fixture
def evidence(desk: Desk) -> None:
    with desk.database.begin() as connection:
        until = date(2037, 12, 31)
        connection.execute(update(tables.Conference).values(evidence_until=until))


@pytest.mark.usefixtures("evidence")
def test_what_funders_may_ask_for_is_told(visitor: httpx.Client, mine: str) -> None:
    page = seen(visitor.get("/c/day/privacy?lang=fr"))
    assert "article 6, paragraphe 1, point c" in page
    assert "31 décembre 2037" in page
    assert "1er janvier 2038" in page, "when the rest goes too"
    page = seen(visitor.get(f"{mine}/erase?lang=fr"))
    assert "lui seul reste jusqu’au" in page
    assert "31 décembre 2037" in page
