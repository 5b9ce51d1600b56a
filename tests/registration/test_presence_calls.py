"""The calls about presence: written by hand, taken back, listed; who may."""

import csv
import io
from datetime import datetime

import pytest

from services.registration.day.closing import close_day
from services.registration.desk import Desk
from services.registration.seats.registering import register
from tests.registration.days import someone
from tests.registration.test_presence_by_hand import TODAY, at, scan, write


@pytest.fixture
def people(desk: Desk, open_day):
    """Two in a, one in b; the day is over and not closed."""
    open_day(2, 2)
    answers = [register(desk, "day", someone(n, s)) for n, s in enumerate("aab")]
    open_day(2, 2, on=TODAY)
    return answers


def test_writing_and_taking_back(api, as_role, desk: Desk, people) -> None:
    scan(desk, people[0], "10:15", "a")
    headers = as_role("organiser")
    path = f"/api/registrations/{people[0].id}/attendance/a"
    body = {"from": at("10:30").isoformat(), "to": at("23:00").isoformat(), "reason": "sheet"}
    answer = api.put(path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    row = answer.json()
    assert (row["session"], row["minutes"], row["source"]) == ("a", 165, "hand")
    assert datetime.fromisoformat(row["out"]) == at("13:15")
    assert row["actor"] == {"kind": "token", "name": "organiser"}
    listed = api.get("/api/conferences/day/attendance", headers=headers).json()["items"]
    assert listed == [row]
    assert api.delete(path, headers=headers).status_code == 204
    [row] = api.get("/api/conferences/day/attendance", headers=headers).json()["items"]
    assert (row["minutes"], row["source"], row["actor"]["name"]) == (180, "scan", "north")
    assert api.delete(path, headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"reason": None}, "/reason"),
        ({"reason": "  "}, "/reason"),
        ({"to": f"{TODAY}T10:30:00+01:00"}, "/to"),
        ({"from": f"{TODAY}T10:30:00"}, "/from"),
        ({"from": f"{TODAY}T14:00:00+01:00"}, "/from"),
        ({"minutes": 3}, "/minutes"),
    ],
)
def test_what_is_wrong_is_named(api, as_role, people, change, pointer) -> None:
    body = {"from": f"{TODAY}T10:30:00+01:00", "to": f"{TODAY}T18:00:00+01:00", "reason": "x"}
    body = {name: value for name, value in {**body, **change}.items() if value is not None}
    path = f"/api/registrations/{people[0].id}/attendance/a"
    answer = api.put(path, json=body, headers=as_role("organiser"))
    assert answer.status_code == 422
    assert pointer in [fault["pointer"].removeprefix("#") for fault in answer.json()["errors"]]


def test_who_may(api, as_role, desk: Desk, people) -> None:
    path = f"/api/registrations/{people[0].id}/attendance/a"
    body = {"from": at("10:30").isoformat(), "to": at("12:00").isoformat(), "reason": "x"}
    own = desk.links.manage_url(people[0].id).rpartition("/")[2]
    for headers, status in (
        ({}, 401),
        ({"Authorization": f"Bearer {own}"}, 403),
        (as_role("staff"), 403),
    ):
        assert api.put(path, json=body, headers=headers).status_code == status
        assert api.delete(path, headers=headers).status_code == status
    assert api.get("/api/conferences/day/attendance").status_code == 401
    organiser = as_role("organiser")
    unknown = f"/api/registrations/{people[0].id}/attendance/nope"
    assert api.put(unknown, json=body, headers=organiser).status_code == 404


def test_a_door_is_closed_with_its_day(api, as_role, desk: Desk, people) -> None:
    close_day(desk, "day")
    body = {"code": people[0].code}
    answer = api.post("/api/conferences/day/checkins", json=body, headers=as_role("staff"))
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "day-closed")


def test_as_spreadsheets(api, as_role, desk: Desk, people) -> None:
    write(desk, people[0], "a", "10:15", "11:00")
    headers = as_role("organiser")
    text = api.get("/api/conferences/day/attendance.csv", headers=headers).text
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (row["in"], row["minutes"], row["source"]) == (f"{TODAY} 10:15:00", "45", "hand")
    assert row["actor"] == "organiser ann@example.org"
    book = api.get("/api/conferences/day/attendance.xlsx", headers=headers)
    assert (book.status_code, book.content[:2]) == (200, b"PK")
    text = api.get("/api/conferences/day/registrations.csv", headers=headers).text
    people_rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(r["present"], r["attended"], r["minutes"]) for r in people_rows] == [
        ("yes", "Workshop a", "45"),
        ("no", "", "0"),
        ("no", "", "0"),
    ]
