"""Whoever takes people's data away is in the history, with how many they took."""

import pytest

from services.registration.desk import Desk
from services.registration.history.acts import history
from services.registration.seats.registering import register
from tests.registration.days import someone
from tests.registration.pages.visits import seen

HERE = "/organiser/day"


@pytest.fixture
def people(desk: Desk):
    return [register(desk, "day", someone(number, "b")) for number in (1, 2)]


def taken(desk: Desk) -> list[tuple]:
    with desk.database.read() as connection:
        acts = history(connection, conference_id=desk.programmes.fresh("day").id)
    return [
        (act["actor"]["name"], act["after"]["kind"], act["after"]["rows"], act["registration"])
        for act in reversed(acts)
        if act["what"] == "export.made"
    ]


def test_every_export_is_an_act_with_its_rows(organiser, desk: Desk, people) -> None:
    one = people[0].id
    for path in (
        "registrations.csv",
        "attendance.xlsx",
        "sign-in-sheet.pdf",
        "badges.pdf?labels=80x50",
        f"registrations/{one}/data.json",
    ):
        assert organiser.get(f"{HERE}/{path}").status_code == 200, path
    boss = "boss@example.org"
    assert taken(desk) == [
        (boss, "registrations", 2, None),
        (boss, "attendance", 0, None),
        (boss, "sign-in-sheet", 2, None),
        (boss, "badges", 2, None),
        (boss, "personal-data", 1, one),
    ]
    organiser.headers["Accept-Language"] = "fr"
    page = seen(organiser.get(f"{HERE}/history"))
    assert "Feuille d’émargement" in page
    assert "Lignes" in page


def test_what_a_person_takes_of_their_own_is_no_act(visitor, mine, desk: Desk) -> None:
    assert visitor.get(f"{mine}/data.json").status_code == 200
    assert taken(desk) == []
