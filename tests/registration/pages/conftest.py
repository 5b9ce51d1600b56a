"""A visitor of the pages, with a browser's manners."""

from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from services.registration.access.organisers import invite
from services.registration.access.tokens import NewToken, create_token
from services.registration.base import tables
from services.registration.day.headcounts import HeadcountBoard
from services.registration.desk import Desk
from services.registration.service import Resources, service
from shared.testing import drain
from tests.registration.pages.visits import ENTRY


@pytest.fixture(autouse=True)
def _day(open_day) -> None:
    open_day(1, 2)


@pytest.fixture
def visitor(api: httpx.Client) -> httpx.Client:
    """A browser's manners: it names the origin of its forms, and keeps cookies."""
    api.headers.update({"Origin": str(api.base_url).rstrip("/"), "Accept-Language": "en"})
    return api


@pytest.fixture
def mine(visitor: httpx.Client) -> str:
    """The address of a registration of one's own."""
    return visitor.post("/c/day/register", data=ENTRY).headers["location"].partition("?")[0]


@pytest.fixture
def organiser(visitor: httpx.Client, desk: Desk) -> httpx.Client:
    token = invite(desk, "boss@example.org")
    assert visitor.get(f"/organiser/sign-in/{token}").status_code == 200
    assert visitor.post(f"/organiser/sign-in/{token}").status_code == 303
    return visitor


@pytest.fixture
def as_staff(visitor: httpx.Client, desk: Desk) -> Callable[[], None]:
    def sign_in() -> None:
        token = create_token(desk, NewToken(f"door {uuid4()}", "staff"))
        opened = visitor.post("/checkin/day/sign-in", data={"token": token})
        assert opened.headers["location"] == "/checkin/day"

    return sign_in


@pytest.fixture
def work(desk: Desk, redis_url: str):
    """Does what the worker has to do."""
    return lambda: drain(
        service, desk.database, Resources(desk, HeadcountBoard(redis_url, desk.database))
    )


@pytest.fixture
def names(desk: Desk):
    """Of who is registered."""

    def read() -> list[tuple[str, str]]:
        of = tables.Registration
        with desk.database.read() as connection:
            rows = connection.execute(select(of.first_name, of.last_name).order_by(of.id))
            return [(row.first_name, row.last_name) for row in rows]

    return read
