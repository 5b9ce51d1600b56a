"""Endpoints managed by programs: what is answered, and every refusal's field and rule."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from services.webhooks.base.payloads import OFFERED
from services.webhooks.base.tables import Endpoint
from services.webhooks.managing.endpoints import MOST, TESTS
from shared.events.catalogue import contracts
from shared.testing.standing import Answers
from tests.webhooks.conftest import work_without_names
from tests.webhooks.house import House

HERE = "/api/webhooks/conferences/day"
BODY = {
    "url": "https://hooks.example.org/emarge?key=abc",
    "types": ["registration.cancelled", "registration.confirmed"],
    "contact": "ann@example.org",
}


@pytest.fixture
def api(site: httpx.Client) -> httpx.Client:
    site.headers["Authorization"] = "Bearer day-token"
    return site


def made(api: httpx.Client, **changes: Any) -> dict[str, Any]:
    answer = api.post(HERE, json={**BODY, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_an_endpoint_is_made_read_changed_and_deleted(api: httpx.Client) -> None:
    endpoint = made(api)
    assert endpoint["secret"].startswith("whsec_")
    assert endpoint["types"] == ["registration.confirmed", "registration.cancelled"]
    assert (endpoint["enabled"], endpoint["personal"]) == (True, False)
    path = f"{HERE}/{endpoint['id']}"
    shown = api.get(path).json()
    assert shown == {name: value for name, value in endpoint.items() if name != "secret"}
    assert api.get(HERE).json()["items"] == [shown]
    changed = api.patch(path, json={"description": "CRM", "enabled": False}).json()
    assert (changed["description"], changed["disabled"]) == ("CRM", "by-hand")
    history = api.get(f"{path}/history").json()["items"]
    token = {"kind": "token", "name": "Our CRM"}
    assert [(each["what"], each["actor"]) for each in history] == [
        ("disabled", token),
        ("changed", token),
        ("created", token),
    ]
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.get(f"{path}/history").json()["items"][0]["what"] == "deleted"


@pytest.mark.parametrize(
    ("change", "pointer", "rule"),
    [
        ({"url": "http://hooks.example.org/"}, "/url", "https"),
        ({"url": "https://ann:pass@hooks.example.org/"}, "/url", "credentials"),
        ({"url": "https://10.0.0.1/"}, "/url", "private-address"),
        ({"url": "https://hooks.example.org:22/"}, "/url", "port"),
        ({"url": "https://hooks.example.org/\nX: y"}, "/url", "characters"),
        ({"url": 12}, "/url", "string_type"),
        ({"types": []}, "/types", "required"),
        ({"types": ["registration.vanished"]}, "/types", "unknown-type"),
        ({"contact": "nobody"}, "/contact", "email"),
        ({"contact": "a@example.org\r\nBcc: b@example.org"}, "/contact", "email"),
        ({"contact": ""}, "/contact", "required"),
        ({"description": "a" * 121}, "/description", "too-long"),
        ({"locale": "de"}, "/locale", "unknown-locale"),
        ({"secret": "whsec_mine"}, "/secret", "extra_forbidden"),
    ],
)
def test_a_refusal_names_the_field_and_the_rule(
    api: httpx.Client, change: dict[str, Any], pointer: str, rule: str
) -> None:
    endpoint = made(api)
    for answer in (
        api.post(HERE, json={**BODY, **change}),
        api.patch(f"{HERE}/{endpoint['id']}", json=change),
    ):
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["rule"]) == (pointer, rule)
    assert len(api.get(HERE).json()["items"]) == 1


def test_two_changes_at_once_undo_nothing_of_each_other(api: httpx.Client, house: House) -> None:
    """The second begins before the first has ended, and waits for it."""
    endpoint = made(api)["id"]
    path = f"{HERE}/{endpoint}"
    with ThreadPoolExecutor(1) as pool:
        with house.database.begin() as connection:
            wanted = Endpoint.id == endpoint
            first = update(Endpoint).where(wanted).values(contact="eve@example.org")
            connection.execute(first)
            second = pool.submit(api.patch, path, json={"description": "CRM"})
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
        changed = second.result().json()
    assert (changed["contact"], changed["description"]) == ("eve@example.org", "CRM")
    history = api.get(f"{path}/history").json()["items"]
    assert history[0]["detail"] == "description"


def test_only_an_organiser_of_that_conference(
    site: httpx.Client, house: House, registration: Answers
) -> None:
    asked = {"unknown": 401, "reader": 403, "day-token": 403, "token-of-all": 404}
    for token, status in asked.items():
        headers = {"Authorization": f"Bearer {token}"}
        answer = site.get("/api/webhooks/conferences/another", headers=headers)
        assert answer.status_code == status, token
    house.publish()
    headers = {"Authorization": "Bearer token-of-all"}
    assert site.get(HERE, headers=headers).status_code == 200
    registration.tokens.clear()
    assert site.get(HERE, headers=headers).status_code == 401, "it is asked each time"
    registration.away = True
    assert site.get(HERE, headers=headers).status_code == 503


def test_another_conferences_endpoint_is_none(api: httpx.Client, house: House) -> None:
    elsewhere = house.endpoint("http://127.0.0.1:1/", slug="another")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/secret"), ("POST", "/test")):
        answer = api.request(method, f"{HERE}/{elsewhere}{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-endpoint")


def test_a_new_secret_says_until_when_the_old_one_counts(api: httpx.Client) -> None:
    endpoint = made(api)
    answer = api.post(f"{HERE}/{endpoint['id']}/secret").json()
    assert answer["secret"] != endpoint["secret"]
    assert answer["previous_valid_until"] > endpoint["created_at"]


def test_a_test_is_sent_and_listed_and_not_sent_again(
    api: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = made(api)
    path = f"{HERE}/{endpoint['id']}"
    number = api.post(f"{path}/test").json()["delivery"]
    [waiting] = api.get(f"{path}/deliveries").json()["items"]
    assert (waiting["id"], waiting["state"], waiting["type"]) == (number, "waiting", "webhook.test")
    work_without_names(house, monkeypatch)
    [failed] = api.get(f"{path}/deliveries").json()["items"]
    assert (failed["state"], failed["answer"], failed["tries"]) == ("failed", "unknown-host", 1)
    assert api.post(f"{path}/deliveries/{number}/resend").status_code == 409
    assert api.post(f"{path}/deliveries/resend-failed").json() == {"resent": 0}
    assert api.get(f"{path}/history").json()["items"][0]["what"] == "tested"
    assert api.get(f"{path}/deliveries?before={number}").json()["items"] == []


def test_a_conference_has_so_many_and_no_more(api: httpx.Client) -> None:
    for _ in range(MOST):
        made(api)
    refused = api.post(HERE, json=BODY)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-endpoints")


def test_strangers_are_sent_so_many_tests_and_no_more(api: httpx.Client) -> None:
    path = f"{HERE}/{made(api)['id']}"
    assert {api.post(f"{path}/test").status_code for _ in range(TESTS)} == {202}
    api.delete(path)
    refused = api.post(f"{HERE}/{made(api)['id']}/test")
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-tests")


def test_the_types_are_listed_for_everybody(site: httpx.Client) -> None:
    items = site.get("/api/webhooks/types").json()["items"]
    assert [item["type"] for item in items] == list(OFFERED)
    meanings = {contract.payload: contract.meaning for contract in contracts()}
    for item in items:
        assert item["description"] == meanings[OFFERED[item["type"]].contract], "the whole of it"
