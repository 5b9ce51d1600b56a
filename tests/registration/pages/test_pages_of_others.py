"""Organisers are led to pages of services that registration does not know."""

import httpx
import pytest
from pydantic import ValidationError

from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk
from services.registration.seats.registering import register
from tests.registration.days import someone
from tests.registration.pages.visits import seen

PAGES = (
    '{"path": "/organiser/*/badges", "en": ["Badges", "Printed or not"],'
    ' "fr": ["Badges", "Imprimés ou non"]},'
    '{"path": "/organiser/*/badges/of/*", "en": ["Badge", "How it looks"],'
    ' "fr": ["Badge", "Son aspect"]}'
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database."""
    return sqlite_url


def told(pages: str) -> RegistrationSettings:
    secret = "a-secret-for-tests-only"
    return RegistrationSettings(
        service="registration",
        secret_key=secret,
        service_token=secret,
        organiser_pages=pages,  # as the environment has it
    )


@pytest.fixture
def settings(settings: RegistrationSettings) -> RegistrationSettings:
    return settings.model_copy(update={"organiser_pages": told(PAGES).organiser_pages})


def test_the_day_leads_to_those_about_the_day(organiser: httpx.Client) -> None:
    page = organiser.get("/organiser/day")
    assert '<a href="/organiser/day/badges"><strong>Badges</strong> Printed or not</a>' in page.text
    assert "badges/of" not in page.text
    assert "Imprimés ou non" in seen(organiser.get("/organiser/day?lang=fr"))


def test_a_person_leads_to_those_about_them(organiser: httpx.Client, desk: Desk) -> None:
    person = register(desk, "day", someone(1, "a")).id
    page = organiser.get(f"/organiser/day/registrations/{person}")
    assert f'<dt>Badge</dt><dd><a href="/organiser/day/badges/of/{person}">How it looks' in (
        page.text
    )
    assert "Printed or not" not in page.text


@pytest.mark.parametrize(
    "wrong", ["{", '{"path": "//evil.example/*", "en": ["a", "b"], "fr": ["a", "b"]}', "{}"]
)
def test_what_is_no_list_of_pages_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="organiser_pages"):
        told(wrong)


def test_a_list_may_go_on_where_another_ended() -> None:
    assert told("").organiser_pages == told(",").organiser_pages == ()
    assert [page.is_of_person for page in told(f",{PAGES}").organiser_pages] == [False, True]
