"""Who came in and who was turned away stands in the log, by ids alone."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from services.registration.access.members import give_role
from services.registration.access.organisers import sign_in_link
from services.registration.access.tokens import NewToken, create_token
from services.registration.desk import Desk

Lines = list[MutableMapping[str, Any]]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def lines() -> Iterator[Lines]:
    with capture_logs() as caught:
        yield caught


def said(lines: Lines, what: str) -> Lines:
    """Those of the security log that say this, which name no person."""
    found = [line for line in lines if line.get("log") == "security" and line["event"] == what]
    assert "@" not in str(found)
    return found


@pytest.fixture
def viewer(visitor: httpx.Client, desk: Desk) -> httpx.Client:
    day = desk.programmes.known("day").id
    with desk.database.begin() as connection:
        give_role(desk, connection, day, "ann@example.org", "organiser")
        link = sign_in_link(connection, give_role(desk, connection, day, "b@example.org", "viewer"))
    assert visitor.post(f"/organiser/sign-in/{link}").status_code == 303
    return visitor


def test_a_sign_in(lines: Lines, viewer: httpx.Client) -> None:
    assert viewer.get("/organiser").status_code == 200
    [line] = said(lines, "session.began")
    assert line["organiser"]
    assert line["session"].startswith("session:")


def test_sign_ins_that_were_refused(lines: Lines, visitor: httpx.Client) -> None:
    visitor.post("/organiser/sign-in/made-up")
    visitor.post("/checkin/day/sign-in", data={"token": "emarge_made-up"})
    visitor.post("/organiser/passkey", data={"credential": "{}"})
    assert [line["by"] for line in said(lines, "sign-in.refused")] == ["link", "key", "passkey"]
    assert "made-up" not in str(lines)


def test_a_page_beyond_one_s_role(lines: Lines, viewer: httpx.Client) -> None:
    assert viewer.get("/organiser/day/team").status_code == 403
    [line] = said(lines, "page.refused")
    assert (line["task"], line["conference"]) == ("organise", "day")
    assert line["session"].startswith("session:")


def test_a_token_beyond_its_role_and_one_that_is_none(
    lines: Lines, api: httpx.Client, desk: Desk
) -> None:
    staff = create_token(desk, NewToken("door", "staff"))
    for token in (staff, "emarge_made-up"):
        headers = {"Authorization": f"Bearer {token}"}
        assert api.get("/api/conferences/day/registrations.csv", headers=headers).is_client_error
    known, unknown = said(lines, "token.refused")
    assert (known["token"], known["task"], known["conference"]) == (1, "organise", "day")
    assert "token" not in unknown
    assert staff not in str(lines)
