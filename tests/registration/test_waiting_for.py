"""Waiting for one workshop and holding another one from the start, over HTTP."""

import httpx
import pytest

from tests.registration.test_api import new


@pytest.fixture(autouse=True)
def _day(open_day):
    open_day(2, 2)


def test_one_waits_for_a_and_holds_b_from_the_start(api: httpx.Client) -> None:
    for number in (1, 2):
        assert new(api, email=f"{number}@example.org").status_code == 201
    assert new(api, email="3@example.org").status_code == 409
    unknown = new(api, email="3@example.org", sessions=["b"], waiting_for=["nope"])
    assert unknown.status_code == 422
    assert [each["pointer"] for each in unknown.json()["errors"]] == ["/waiting_for/0"]
    answer = new(api, email="3@example.org", sessions=["b"], waiting_for=["a"]).json()
    assert answer["status"] == "confirmed"
    assert answer["seats"] == [
        {"session": "a", "state": "waiting", "rank": 1},
        {"session": "b", "state": "held"},
    ]
    mine = f"/api/registrations/{answer['id']}"
    bearer = {"Authorization": f"Bearer {answer['manage_url'].rsplit('/', 1)[1]}"}
    alone = api.patch(mine, json={"waiting_for": ["a"]}, headers=bearer)
    assert alone.status_code == 422
    left = api.patch(mine, json={"sessions": ["b"]}, headers=bearer).json()
    assert [each["session"] for each in left["seats"]] == ["b"]
    again = api.patch(mine, json={"sessions": ["b"], "waiting_for": ["a"]}, headers=bearer).json()
    assert [each["state"] for each in again["seats"]] == ["waiting", "held"]
