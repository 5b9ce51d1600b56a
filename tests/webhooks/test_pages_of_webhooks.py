"""The organiser's pages: everything that can be done without a script, in both languages."""

import re

import httpx
import pytest
from sqlalchemy import select, update

from services.webhooks.base.changes import Actor
from services.webhooks.base.tables import Delivery, Endpoint
from services.webhooks.forgetting import forget_organiser, forget_person
from services.webhooks.managing import endpoints
from services.webhooks.sending import delivering
from shared.pages.visitors import way_in
from shared.testing.standing import Answers
from tests.webhooks.conftest import visitor, work_without_names
from tests.webhooks.house import ANN, House, confirmed

HERE = "/organiser/day/webhooks"
FORM = {
    "url": "https://hooks.example.org/emarge",
    "types": ["registration.confirmed", "attendee.erased"],
    "description": "CRM",
    "contact": "ann@example.org",
}


def added(browser: httpx.Client) -> str:
    """The address of a new endpoint's page."""
    answer = browser.post(HERE, data=FORM)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def test_one_is_added_shown_and_given_its_secret(browser: httpx.Client) -> None:
    assert "There is no endpoint yet." in browser.get(HERE).text
    page = added(browser)
    shown = browser.get(page).text
    assert "https://hooks.example.org/emarge" in shown
    assert "whsec_" not in shown, "not before it is asked for"
    answer = browser.post(f"{page}/secret")
    assert re.search(r"whsec_[A-Za-z0-9+/=]{40,}", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    history = browser.get(page).text
    assert "Secret shown" in history, "who looked is seen"
    assert "ann@example.org" in history


def test_a_fault_is_told_beside_its_field_and_nothing_typed_is_lost(browser: httpx.Client) -> None:
    wrong = {**FORM, "url": "http://10.0.0.1/", "contact": "nobody", "types": []}
    answer = browser.post(HERE, data=wrong)
    assert answer.status_code == 422
    assert "It must begin with https://." in answer.text
    assert "This is no email address." in answer.text
    assert 'value="http://10.0.0.1/"' in answer.text
    assert 'aria-describedby="url-error"' in answer.text
    page = added(browser)
    assert browser.post(page, data=wrong).status_code == 422


def test_it_is_changed_tried_disabled_enabled_rotated_and_deleted(
    browser: httpx.Client, house: House
) -> None:
    page = added(browser)
    for act in ("test", "disable", "enable"):
        assert browser.post(f"{page}/{act}").status_code == 303
    assert browser.post(page, data={**FORM, "personal": "yes"}).status_code == 303
    assert house.row(page.rpartition("/")[2]).personal
    assert "whsec_" in browser.post(f"{page}/rotate").text
    shown = browser.get(page).text
    for word in (
        "Changed",
        "(personal data)",
        "Disabled",
        "Secret replaced",
        "counts until",
    ):
        assert word in shown
    assert browser.post(f"{page}/delete").headers["location"] == HERE
    assert browser.get(page).status_code == 404
    assert "Deleted" in browser.get(HERE).text


def test_who_changes_it_in_another_language_changes_that_of_no_letter(
    browser: httpx.Client, house: House
) -> None:
    page = added(browser)
    browser.headers["Accept-Language"] = "fr"
    assert browser.post(page, data={**FORM, "description": "CRM 2"}).status_code == 303
    row = house.row(page.rpartition("/")[2])
    assert (row.description, row.locale) == ("CRM 2", "en")


def test_what_failed_is_sent_again(
    browser: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = added(browser)
    browser.post(f"{page}/test")
    house.tell(confirmed())
    monkeypatch.setattr(delivering, "MAX_TRIES", 1)
    work_without_names(house, monkeypatch)
    shown = browser.get(page).text
    assert "its name has no address" in shown
    [number] = re.findall(r"/deliveries/(\d+)/again", shown)
    answer = browser.post(f"{page}/deliveries/{number}/again")
    assert "count=1" in answer.headers["location"]
    assert "1 message is being sent again." in browser.get(answer.headers["location"]).text
    work_without_names(house, monkeypatch)
    assert "count=1" in browser.post(f"{page}/failed/again").headers["location"]
    assert "count=0" in browser.post(f"{page}/failed/again").headers["location"]


def test_whoever_was_erased_keeps_nobody_else_from_being_sent_again(
    browser: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "MOST_RESENT", 1)
    page = added(browser)
    house.tell(*(confirmed(f"r-{number}") for number in range(3)))
    work_without_names(house, monkeypatch)
    with house.database.begin() as connection:
        connection.execute(update(Delivery).values(state="failed"))
        forget_person(connection, "r-0")
    assert "Send the 2 again that failed or were missed" in browser.get(page).text
    assert "count=1" in browser.post(f"{page}/failed/again").headers["location"]


def test_one_that_is_disabled_has_no_button_to_send_again(
    browser: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = added(browser)
    house.tell(confirmed())
    work_without_names(house, monkeypatch)
    again = re.compile(r"/deliveries/\d+/again")
    [button] = again.findall(browser.get(page).text)
    browser.post(f"{page}/disable")
    assert not again.search(browser.get(page).text)
    refused = browser.post(f"{page}{button}")
    assert refused.status_code == 409
    assert "enable it first" in refused.text


def test_who_leaves_a_receiver_that_has_names_is_told_to_tell_them(
    browser: httpx.Client, house: House
) -> None:
    page = added(browser)
    said = "tell them yourself to delete what they have"
    assert said not in browser.get(page).text
    with house.database.begin() as connection:
        connection.execute(update(Endpoint).values(told_people=True))
    assert browser.get(page).text.count(said) == 2, "beside the address, and beside its end"


def test_it_is_all_there_in_french(browser: httpx.Client) -> None:
    browser.headers["Accept-Language"] = "fr"
    page = added(browser)
    for address, words in ((HERE, "Ajouter un webhook"), (page, "Afficher le secret")):
        assert words in browser.get(address).text


def test_who_may_only_look_changes_nothing(
    site: httpx.Client, house: House, registration: Answers
) -> None:
    registration.role = "viewer"
    site.headers["Origin"] = house.settings.public_url
    endpoint = house.endpoint("http://127.0.0.1:1/a-key", "registration.confirmed")
    site.get(way_in(visitor("viewer"), "webhooks", "", house.settings.keys))
    shown = site.get(f"{HERE}/{endpoint}").text
    assert "<form" not in shown
    assert "127.0.0.1:1" in shown
    assert "a-key" not in shown, "an address may hold one"
    for path in ("", f"/{endpoint}/secret", f"/{endpoint}/delete"):
        assert site.post(HERE + path, data=FORM).status_code == 403


def test_a_role_that_was_taken_back_opens_nothing(
    browser: httpx.Client, house: House, registration: Answers
) -> None:
    page = added(browser)
    registration.role = None
    answer = browser.post(f"{page}/secret")
    assert answer.status_code == 307
    assert "/open/webhooks" in answer.headers["location"]
    with house.database.read() as connection:
        [kept] = connection.execute(select(Endpoint.id)).scalars()
    assert page.endswith(kept)


def test_the_history_names_the_token_that_a_program_had(
    browser: httpx.Client, house: House
) -> None:
    page = added(browser)
    house.endpoints().set_enabled(page.rpartition("/")[2], Actor("token", "Our CRM"), enabled=False)
    assert "A program with the token “Our CRM”" in browser.get(page).text


def test_an_organiser_who_is_erased_is_in_no_history(browser: httpx.Client, house: House) -> None:
    page = added(browser)
    with house.database.begin() as connection:
        forget_organiser(connection, house.resources.log, lambda name: name == ANN.name)
    assert house.row(page.rpartition("/")[2]).contact == ""
    assert "—" in browser.get(HERE).text
