"""By the form and by the API, people are written by the one writer of the process."""

import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import text

from services.registration.desk import Desk
from services.registration.programme.programmes import lock_conference
from shared.testing import eventually
from tests.registration.groups import waiting_for_a_lock
from tests.registration.pages.visits import ENTRY

BODY = {
    "first_name": "Zoé",
    "last_name": "N’Diaye",
    "email": "z1@example.org",
    "sessions": ["b"],
    "consent": True,
}
CALL = "/api/conferences/day/registrations"


def written_together(client: httpx.Client) -> float:
    """How many transactions the writer has done."""
    found = re.search(
        r"^emarge_registrations_together_count (\S+)$", client.get("/metrics").text, re.MULTILINE
    )
    assert found
    return float(found[1])


def test_the_api(api: httpx.Client) -> None:
    before = written_together(api)
    assert api.post(CALL, json=BODY, headers={"Idempotency-Key": "k"}).status_code == 201
    assert written_together(api) == before + 1
    again = api.post(CALL, json=BODY, headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")


def test_the_form(visitor: httpx.Client) -> None:
    before = written_together(visitor)
    assert visitor.post("/c/day/register", data=ENTRY).status_code == 303
    assert written_together(visitor) == before + 1


def test_what_the_api_refuses_leaves_no_trace(api: httpx.Client) -> None:
    before = written_together(api)
    refused = api.post(CALL, json={**BODY, "sessions": ["nowhere"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert written_together(api) == before


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whoever_waits_for_a_database_that_goes_is_told_to_come_back(
    api: httpx.Client, desk: Desk
) -> None:
    with ThreadPoolExecutor(1) as client, desk.database.begin() as connection:
        lock_conference(connection, desk.programmes.known("day").id)
        answer = client.submit(api.post, CALL, json=BODY)
        [backend] = eventually(lambda: waiting_for_a_lock(desk))
        with desk.database.read() as other:
            other.execute(text(f"SELECT pg_terminate_backend({backend})"))
        refused = answer.result(30)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert api.post(CALL, json=BODY).status_code == 201
