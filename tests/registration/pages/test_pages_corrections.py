"""Correcting a person, on their own page and on the organiser's."""

import pytest

from services.registration.desk import Desk
from services.registration.seats.registering import register
from tests.registration.days import someone
from tests.registration.pages.forms import fields_of
from tests.registration.pages.visits import event_types, seen


@pytest.fixture
def person(desk: Desk):
    return register(desk, "day", someone(1, "a", "lunch"))


@pytest.fixture
def here(person) -> str:
    return f"/organiser/day/registrations/{person.id}"


class TestMyOwn:
    def test_another_address_ends_this_link(self, visitor, mine) -> None:
        form = dict(fields_of(visitor.get(mine)))
        form["email"] = "right@example.org"
        page = visitor.post(f"{mine}/details", data=form)
        assert page.status_code == 200
        assert "on its way to right@example.org" in seen(page)
        for path in ("", "/cancel", "/data.json", "/badge.pdf", "/calendar.ics", "/erase"):
            gone = visitor.get(mine + path)
            assert gone.status_code == 410, path
            assert "another one has taken its place" in seen(gone)
            assert "right@example.org" not in gone.text
        assert visitor.post(f"/api/reminders/{mine[3:]}").status_code == 410

    def test_the_form_has_what_is_recorded(self, visitor, mine) -> None:
        form = dict(fields_of(visitor.get(mine)))
        assert (form["email"], form["locale"]) == ("zoe@example.org", "en")
        visitor.post(f"{mine}/details", data={**form, "locale": "fr"})
        assert dict(fields_of(visitor.get(mine)))["locale"] == "fr"

    def test_a_single_name_has_no_stray_space(self, visitor, mine) -> None:
        visitor.post(f"{mine}/details", data={"first_name": "", "last_name": "Aïssata"})
        assert "<strong>Aïssata</strong>" in visitor.get(mine).text
        wrong = visitor.post(f"{mine}/details", data={"last_name": ""})
        assert wrong.status_code == 422
        assert "Please fill this in." in seen(wrong)

    def test_an_address_of_the_same_person_is_refused_beside_it(self, visitor, mine, desk) -> None:
        register(desk, "day", someone(1, "b"))
        page = visitor.post(f"{mine}/details", data={"email": "z1@example.org"})
        assert page.status_code == 409
        assert "If this address is registered for this day already" in seen(page)
        assert 'value="z1@example.org"' in page.text

    def test_a_cancellation_is_undone_while_the_place_is_free(self, visitor, mine, desk) -> None:
        assert "Cancel my registration?" in seen(visitor.get(f"{mine}/cancel"))
        page = visitor.post(f"{mine}/cancel", follow_redirects=True)
        assert "Undo the cancellation" in seen(page)
        assert "Confirmed" in seen(visitor.post(f"{mine}/restore", follow_redirects=True))
        visitor.post(f"{mine}/cancel")
        register(desk, "day", someone(1, "a"))
        page = visitor.post(f"{mine}/restore")
        assert page.status_code == 409
        assert "There is no place left in Workshop a." in seen(page)


class TestTheOrganisers:
    def test_corrects_with_a_reason_that_the_history_shows(self, organiser, here, desk) -> None:
        form = dict(fields_of(organiser.get(here)))
        form |= {"email": "right@example.org", "why": "They called", "organisation": ""}
        page = organiser.post(f"{here}/details", data=form, follow_redirects=True)
        assert "on its way to right@example.org, with a new link" in seen(page)
        words = seen(page)
        assert "Corrected a person Email: z1@example.org → right@example.org They called" in words
        assert "boss@example.org" in words
        assert event_types(desk)[1:] == ["registration.changed", "registration.address-corrected"]

    def test_the_history_quotes_names_as_they_were_typed(self, organiser, here) -> None:
        form = dict(fields_of(organiser.get(here))) | {"why": "As on their papers"}
        for name in ("O'Neill", "O’Neill"):
            organiser.post(f"{here}/details", data=form | {"last_name": name})
        assert "O'Neill → O’Neill" in seen(organiser.get(here))

    def test_does_all_that_the_person_can(self, organiser, here, desk) -> None:
        assert organiser.get(f"{here}/badge.pdf").content.startswith(b"%PDF")
        assert organiser.get(f"{here}/calendar.ics").text.startswith("BEGIN:VCALENDAR")
        assert organiser.get(f"{here}/data.json").json()["registration"]["status"] == "confirmed"
        page = organiser.post(f"{here}/link", follow_redirects=True)
        assert "The link is on its way to z1@example.org" in seen(page)
        assert event_types(desk)[1:] == ["registration.link-requested"]
        page = organiser.post(f"{here}/erase", follow_redirects=True)
        assert "Data erased" in seen(page)
        assert "z1@example.org" not in page.text

    def test_nothing_is_taken_away_by_one_click(self, organiser, here, desk) -> None:
        page = organiser.get(here).text
        for what in ("cancel", "erase"):
            assert f'action="{here}/{what}"' not in page
            assert f'href="{here}/{what}"' in page
            assert "?" in seen(organiser.get(f"{here}/{what}"))
        assert event_types(desk) == ["registration.confirmed"]

    def test_a_cancellation_is_undone(self, organiser, here, desk) -> None:
        page = organiser.post(f"{here}/cancel", data={"reason": "ill"}, follow_redirects=True)
        assert "Undo the cancellation" in seen(page)
        page = organiser.post(f"{here}/restore", follow_redirects=True)
        assert "Cancellation undone" in seen(page)
        assert event_types(desk)[1:] == ["registration.cancelled", "registration.confirmed"]

    def test_of_another_day_is_not_there(self, organiser, here) -> None:
        elsewhere = here.replace("/day/", "/other/")
        assert organiser.get(elsewhere).status_code == 404
        assert organiser.post(f"{elsewhere}/erase").status_code == 404


def test_an_organiser_reads_of_somebody_else(organiser, desk: Desk) -> None:
    person = register(desk, "day", someone(1, "a"))
    page = seen(organiser.get(f"/organiser/day/registrations/{person.id}"))
    assert "Their place" in page
    for words in ("Your place", "Your workshop", "Will you be there"):
        assert words not in page
