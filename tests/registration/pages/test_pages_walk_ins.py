"""The sheet for whoever walks in: one person however often sent, and an address asked about."""

import re

import pytest

from shared.base.clock import now
from tests.registration.pages.visits import seen


@pytest.fixture(autouse=True)
def _today(open_day, as_staff) -> None:
    open_day(1, 2, on=now().date())
    as_staff()


def test_a_sheet_sent_twice_registers_one_person(visitor, desk) -> None:
    key = re.search(r'name="key" value="([^"]+)"', visitor.get("/checkin/day/walk-in").text)
    assert key
    fields = {"last_name": "Roy", "workshop-0": "b", "door": "b", "key": key[1]}
    for _ in range(2):
        answer = visitor.post("/checkin/day/walk-in", data=fields)
        assert "/walk-in" not in answer.headers["location"]
        assert "Roy" in seen(visitor.get(answer.headers["location"]))
    assert desk.programmes.fresh("day").by_slug["b"].taken == 1
    # Gone back and written anew, it is another person.
    visitor.post("/checkin/day/walk-in", data={**fields, "last_name": "Diaz"})
    assert desk.programmes.fresh("day").by_slug["b"].taken == 2


def test_a_mistyped_address_is_asked_about_once(visitor) -> None:
    fields = {"last_name": "Roy", "email": "ali@gmial.com", "workshop-0": "b"}
    answer = visitor.post("/checkin/day/walk-in", data=fields)
    page = visitor.get(answer.headers["location"])
    assert "Did you mean ali@gmail.com?" in seen(page)
    asked = re.search(r'name="asked" value="([^"]+)"', page.text)
    assert asked
    answer = visitor.post("/checkin/day/walk-in", data={**fields, "asked": asked[1]})
    assert "Welcome Roy" in seen(visitor.get(answer.headers["location"]))


def test_a_device_is_asked_once_too_unless_they_have_passed(visitor) -> None:
    fields = [["last_name", "Roy"], ["email", "ali@gmial.com"], ["workshop-0", "b"]]
    sent = {"id": "a-sheet-of-mine", "at": now().isoformat(), "fields": fields}

    def kind(**more):
        body = {"walk_ins": [{**sent, **more}]}
        return visitor.post("/checkin/day/walk-ins", json=body).json()["answers"][0]

    refused = kind()
    assert refused["kind"] == "not-registered"
    assert "gmail.com" in refused["errors"]["email"]
    assert kind(fields=[*fields, ["asked", refused["asked"]]])["kind"] == "welcome"
    passed = kind(id="another-sheet", let_in=True, fields=[*fields, ["first_name", "Bo"]])
    assert passed["kind"] == "welcome"
