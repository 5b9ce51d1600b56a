"""The JSON API over real HTTP: what is answered, and that a refusal leaves nothing behind."""

import csv
import io
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from services.registration.base import tables
from services.registration.day.closing import close_day
from services.registration.desk import Desk
from services.registration.seats.registering import register
from shared.base.clock import now
from tests.registration.days import someone

DAY = "/api/conferences/day"
PERSON = {
    "first_name": "Zoé",
    "last_name": "N’Diaye",
    "email": "zoe@example.org",
    "sessions": ["a"],
    "consent": True,
}


@pytest.fixture(autouse=True)
def _day(open_day):
    open_day(2, 2)


def new(api: httpx.Client, **fields) -> httpx.Response:
    return api.post(f"{DAY}/registrations", json={**PERSON, **fields})


def stored(desk: Desk) -> int:
    with desk.database.read() as connection:
        return connection.execute(
            select(func.count()).select_from(tables.Registration)
        ).scalar_one()


def test_conferences_and_their_programme(api: httpx.Client) -> None:
    [day] = api.get("/api/conferences").json()["items"]
    assert day["slug"] == "day"
    assert day["status"] == "open"
    new(api)
    sessions = api.get(DAY).json()["sessions"]
    assert {s["id"]: (s["capacity"], s["taken"]) for s in sessions} == {
        "opening": (None, None),
        "a": (2, 1),
        "b": (2, 0),
        "lunch": (100, 0),
        "party": (3, 0),
    }


def test_a_registration_its_link_and_its_life(api: httpx.Client) -> None:
    answer = new(api, sessions=["a", "lunch"], organisation="Ville", waitlist=True)
    assert answer.status_code == 201
    made = answer.json()
    assert made["status"] == "confirmed"
    assert made["seats"] == [
        {"session": "a", "state": "held"},
        {"session": "lunch", "state": "held"},
    ]
    mine = {"Authorization": f"Bearer {made['manage_url'].rsplit('/', 1)[1]}"}
    path = f"/api/registrations/{made['id']}"
    seen = api.get(path, headers=mine).json()
    assert (seen["last_name"], seen["organisation"], seen["code"]) == (
        "N’Diaye",
        "Ville",
        made["code"],
    )
    changed = api.patch(path, headers=mine, json={"sessions": ["b"], "job_title": "Maire"}).json()
    assert [seat["session"] for seat in changed["seats"]] == ["b"]
    assert changed["job_title"] == "Maire"
    assert api.delete(path, headers=mine).json()["status"] == "cancelled"
    data = api.get(f"{path}/data", headers=mine).json()
    assert data["registration"]["email"] == "zoe@example.org"
    assert api.delete(f"{path}/data", headers=mine).status_code == 204
    assert api.get(f"{path}/data", headers=mine).json()["registration"]["email"] == ""


BROKEN_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"first_name": "x" * 300}, "/first_name"),
    ({"first_name": "a\x00b"}, "/first_name"),
    ({"last_name": "a\u202eb"}, "/last_name"),
    ({"last_name": "🎉"}, "/last_name"),
    ({"last_name": "  "}, "/last_name"),
    ({"email": "not an address"}, "/email"),
    ({"email": "a@b\r\nBcc: c@d.example"}, "/email"),
    ({"email": "x" * 300 + "@example.org"}, "/email"),
    ({"consent": False}, "/consent"),
    ({"locale": "de"}, "/locale"),
    ({"sessions": "a"}, "/sessions"),
    ({"sessions": ["nope"]}, "/sessions/0"),
    ({"sessions": ["opening", "a"]}, "/sessions/0"),
    ({"sessions": ["a"] * 51}, "/sessions"),
    ({"sessions": ["lunch"]}, "/sessions"),
    ({"sessions": [{"id": "a"}]}, "/sessions/0"),
    ({"organisation": "x" * 201}, "/organisation"),
    ({"waitlst": True}, "/waitlst"),
]


def test_a_field_that_breaks_a_rule_is_pointed_at(api: httpx.Client, desk: Desk) -> None:
    for fields, pointer in BROKEN_FIELDS:
        answer = new(api, **fields)
        assert answer.status_code == 422, fields
        assert answer.headers["content-type"] == "application/problem+json"
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], fields
    assert stored(desk) == 0


NO_BODIES = [
    (b"nope", 422),
    (b"[]", 422),
    (b"", 422),
    (b'"text"', 422),
    (b"\xff\xfe", 422),
    (b'{"first_name": "\\ud800"}', 422),
    (b"{" * 100_000, 422),
    (b"a" * 10_000_000, 413),
]


def test_a_body_that_is_none(api: httpx.Client, desk: Desk) -> None:
    for body, status in NO_BODIES:
        answer = api.post(
            f"{DAY}/registrations", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == status, body[:40]
        assert answer.json()["status"] == status
    assert stored(desk) == 0


def test_names_of_any_script(api: httpx.Client, open_day) -> None:
    names = ["محمد", "王小明", "Ὀδυσσεύς", "O’Brien-Núñez", "Łukasz", "دو\u200cنیم"]
    open_day(len(names), 2)
    for number, name in enumerate(names):
        made = new(api, first_name=name, email=f"{number}@example.org").json()
        mine = {"Authorization": f"Bearer {made['manage_url'].rsplit('/', 1)[1]}"}
        seen = api.get(f"/api/registrations/{made['id']}", headers=mine).json()
        assert seen["first_name"] == name


def test_conflicts_have_codes(api: httpx.Client) -> None:
    for number in range(2):
        assert new(api, email=f"{number}@example.org").status_code == 201
    for fields, code in (
        ({"email": "2@example.org"}, "session-full"),
        ({"email": "0@example.org", "sessions": ["b"]}, "already-registered"),
        ({"email": "2@example.org", "sessions": ["a", "b"]}, "sessions-overlap"),
    ):
        answer = new(api, **fields)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    waiting = new(api, email="2@example.org", waitlist=True).json()
    assert waiting["status"] == "waitlisted"
    assert waiting["seats"] == [{"session": "a", "state": "waiting", "rank": 1}]


def test_a_closed_day_takes_no_registration(api: httpx.Client, desk: Desk, open_day) -> None:
    open_day(2, 2, on=now().date() - timedelta(days=1))
    close_day(desk, "day")
    answer = new(api)
    assert (answer.status_code, answer.json()["code"]) == (409, "registration-closed")


def test_refusals_in_the_language_of_who_asks(api: httpx.Client) -> None:
    problem = api.post(
        f"{DAY}/registrations", json={**PERSON, "email": ""}, headers={"Accept-Language": "fr-FR"}
    ).json()
    assert problem["errors"][0]["detail"] == "est obligatoire"


def test_a_repeated_key_gets_the_same_answer(api: httpx.Client, desk: Desk) -> None:
    headers = {"Idempotency-Key": "a key"}
    first, again = (
        api.post(f"{DAY}/registrations", json=PERSON, headers=headers) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = api.post(f"{DAY}/registrations", json={**PERSON, "sessions": ["b"]}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert stored(desk) == 1


def test_colleagues(api: httpx.Client) -> None:
    people = [{**PERSON, "email": f"{n}@example.org"} for n in range(3)]
    answer = api.post(
        f"{DAY}/registrations/colleagues",
        json={"registered_by": "Chief", "people": people, "consent": True},
    )
    assert [next(iter(item)) for item in answer.json()["items"]] == [
        "registration",
        "registration",
        "problem",
    ]


class TestAccess:
    def test_one_link_opens_one_registration(self, api, desk: Desk, as_role) -> None:
        one, two = (register(desk, "day", someone(n, "a")) for n in range(2))
        path = f"/api/registrations/{one.id}"
        for headers, status in (
            ({}, 401),
            ({"Authorization": "Bearer nonsense"}, 401),
            ({"Authorization": "Basic YTpi"}, 401),
            ({"Authorization": f"Bearer {desk.links.manage_token(two.id)}"}, 403),
            (as_role("staff"), 403),
            (as_role("organiser"), 200),
            ({"Authorization": f"Bearer {desk.links.manage_token(one.id)}"}, 200),
        ):
            assert api.get(path, headers=headers).status_code == status
        assert api.patch(path, json={"sessions": ["b"]}).status_code == 401
        assert api.delete(path).status_code == 401

    def test_what_does_not_exist(self, api, as_role) -> None:
        organiser = as_role("organiser")
        for path in (
            "/api/conferences/nowhere",
            "/api/conferences/%00",
            "/api/registrations/nonsense",
            "/api/registrations/%00",
            "/api/registrations/01a20b85-11b4-74dc-b8c0-ebf69d5f212a",
            "/api/conferences/nowhere/headcounts",
            "/api/conferences/nowhere/headcounts/stream",
        ):
            assert api.get(path, headers=organiser).status_code == 404, path
        assert api.post("/api/conferences/nowhere/registrations", json=PERSON).status_code == 404

    @pytest.mark.parametrize(
        ("method", "path", "roles"),
        [
            ("POST", "/checkins", {"staff", "organiser"}),
            ("POST", "/close", {"organiser"}),
            ("PATCH", "/sessions/a", {"organiser"}),
            ("GET", "/registrations.csv", {"organiser"}),
            ("GET", "/registrations.xlsx", {"organiser"}),
            ("GET", "/sign-in-sheet.pdf", {"organiser"}),
        ],
    )
    def test_what_is_not_for_everyone(self, api, as_role, method, path, roles) -> None:
        assert api.request(method, DAY + path).status_code == 401
        for role in ("staff", "service", "organiser"):
            status = api.request(method, DAY + path, headers=as_role(role)).status_code
            assert (status == 403) is (role not in roles)
            assert status != 401


def test_check_in(api: httpx.Client, desk: Desk, open_day, as_role) -> None:
    person = register(desk, "day", someone(1, "a"))
    yesterday = now().date() - timedelta(days=1)
    open_day(2, 2, on=yesterday)
    opening = datetime.combine(yesterday, time(10), ZoneInfo("Europe/Paris"))
    body = {"code": person.code, "direction": "in", "at": opening.isoformat()}
    first = api.post(f"{DAY}/checkins", json=body, headers=as_role("staff"))
    again = api.post(f"{DAY}/checkins", json=body, headers=as_role("staff"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["last_name"] == "N’Diaye"
    assert first.json()["expected"]
    assert [seat["session"] for seat in first.json()["seats"]] == ["a"]
    naive = {**body, "at": "2019-11-07T10:00:00"}
    assert api.post(f"{DAY}/checkins", json=naive, headers=as_role("staff")).status_code == 422
    assert api.post(f"{DAY}/close", headers=as_role("organiser")).json() == {"to_certify": 1}


def test_capacity(api: httpx.Client, as_role) -> None:
    organiser = as_role("organiser")
    assert (
        api.patch(f"{DAY}/sessions/a", json={"capacity": 7}, headers=organiser).json()["capacity"]
        == 7
    )
    new(api)
    new(api, email="two@example.org")
    low = api.patch(f"{DAY}/sessions/a", json={"capacity": 1}, headers=organiser)
    assert (low.status_code, low.json()["code"]) == (409, "capacity-below-taken")


def test_exports(api: httpx.Client, as_role) -> None:
    new(api, first_name="Zoé", organisation="=1+1", sessions=["a", "lunch"])
    organiser = as_role("organiser")
    sheet = api.get(f"{DAY}/registrations.csv", headers=organiser)
    assert sheet.content.startswith(b"\xef\xbb\xbf")
    [row] = csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig")))
    assert row["organisation"] == "'=1+1"
    assert row["sessions"] == "Workshop a; Lunch"
    workbook = api.get(f"{DAY}/registrations.xlsx", headers=organiser)
    rows = list(load_workbook(io.BytesIO(workbook.content)).active.values)
    assert rows[1][5] == "'=1+1"
    for query in ("", "?session=a"):
        paper = api.get(f"{DAY}/sign-in-sheet.pdf{query}", headers=organiser)
        assert paper.content.startswith(b"%PDF")
    assert api.get(f"{DAY}/sign-in-sheet.pdf?session=no", headers=organiser).status_code == 404
