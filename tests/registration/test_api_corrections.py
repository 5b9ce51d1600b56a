"""Correcting what is recorded about a person, over the API."""

import httpx
import pytest

DAY = "/api/conferences/day"
PERSON = {
    "first_name": "Zoé",
    "last_name": "N’Diaye",
    "email": "zoe@example.org",
    "sessions": ["a"],
    "consent": True,
}


@pytest.fixture(autouse=True)
def _day(open_day) -> None:
    open_day(2, 2)


def new(api: httpx.Client, **fields) -> httpx.Response:
    return api.post(f"{DAY}/registrations", json={**PERSON, **fields})


def test_a_corrected_address_ends_the_link(api: httpx.Client) -> None:
    person = new(api).json()
    path = f"/api/registrations/{person['id']}"
    mine = {"Authorization": f"Bearer {person['manage_url'].rpartition('/')[2]}"}
    answer = api.patch(path, json={"email": "right@example.org"}, headers=mine)
    assert (answer.status_code, answer.json()["email"]) == (200, "right@example.org")
    assert "manage_url" not in answer.json()
    for method in ("GET", "PATCH", "DELETE"):
        gone = api.request(method, path, json={}, headers=mine)
        assert (gone.status_code, gone.json()["code"]) == (410, "link-replaced")


def test_only_an_organiser_reads_the_new_link(api: httpx.Client, as_role) -> None:
    person = new(api).json()
    path = f"/api/registrations/{person['id']}"
    change = {"email": "right@example.org", "reason": "They called"}
    answer = api.patch(path, json=change, headers=as_role("organiser")).json()
    assert answer["manage_url"] != person["manage_url"]
    mine = {"Authorization": f"Bearer {answer['manage_url'].rpartition('/')[2]}"}
    again = api.patch(path, json={"last_name": "Other"}, headers=mine)
    assert again.json()["manage_url"] == answer["manage_url"]
    history = api.get(f"{DAY}/history", headers=as_role("organiser")).json()["items"]
    [corrected] = [each for each in history if each.get("reason")]
    assert corrected["after"] == {"email": "right@example.org"}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"phone": "0"}, "/phone"),
        ({"email": "nonsense"}, "/email"),
        ({"last_name": ""}, "/last_name"),
        ({"answers": {"diet": "none"}}, "/answers"),
        ({"reason": "because"}, "/reason"),
    ],
)
def test_what_is_not_taken(api: httpx.Client, change, pointer) -> None:
    person = new(api).json()
    mine = {"Authorization": f"Bearer {person['manage_url'].rpartition('/')[2]}"}
    answer = api.patch(f"/api/registrations/{person['id']}", json=change, headers=mine)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_single_name(api: httpx.Client) -> None:
    assert new(api, first_name="").status_code == 201
    same = new(api, first_name="", last_name="n’DIAYE")
    assert (same.status_code, same.json()["code"]) == (409, "already-registered")
    assert new(api, first_name="Ali").status_code == 201
