"""Unsubscribing from reminders, as mail programs do it."""

import httpx
import pytest
from sqlalchemy import select

from services.registration.desk import Desk
from shared.bus.logged import LoggedEvent
from tests.registration.test_api import new


@pytest.fixture
def token(api: httpx.Client, open_day) -> str:
    open_day(2, 2)
    return new(api).json()["manage_url"].rsplit("/", 1)[1]


def told(desk: Desk) -> list[str]:
    with desk.database.read() as connection:
        statement = select(LoggedEvent.type).order_by(LoggedEvent.number)
        return list(connection.execute(statement).scalars())


def test_a_post_is_told_to_who_reminds(api: httpx.Client, desk: Desk, token: str) -> None:
    answer = api.post(
        f"/api/reminders/{token}",
        content="List-Unsubscribe=One-Click",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 204
    assert told(desk)[-1] == "registration.reminders-declined"


def test_following_the_link_ends_nothing(api: httpx.Client, desk: Desk, token: str) -> None:
    answer = api.get(f"/api/reminders/{token}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/r/{token}")
    assert "registration.reminders-declined" not in told(desk)


def test_a_link_that_is_not_ours_ends_nothing(api: httpx.Client, desk: Desk, token: str) -> None:
    assert api.post(f"/api/reminders/{token}x").status_code == 404
    assert "registration.reminders-declined" not in told(desk)
