"""What everybody reads of a day is made once in a moment, and right within a second."""

import time

import httpx
import pytest
from sqlalchemy import event

from services.registration.desk import Desk
from services.registration.seats.registering import register
from shared.http import for_everybody
from shared.testing import eventually
from tests.registration.conftest import Open
from tests.registration.days import someone

API = "/api/conferences/day"
READ = ("/", "/c/day", "/c/day/privacy", "/c/day/calendar.ics", "/c/day/card-fr.png",
        "/api/conferences", API, f"{API}/headcounts")  # fmt: skip


PERSON = {
    "first_name": "Zoé",
    "last_name": "N’Diaye",
    "email": "zoe@example.org",
    "sessions": ["a"],
    "consent": True,
}


@pytest.fixture
def is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(for_everybody, "LIFETIME", 60.0)


@pytest.mark.usefixtures("is_kept")
@pytest.mark.parametrize("path", READ)
def test_the_second_who_reads_it_asks_nothing_of_the_database(
    visitor: httpx.Client, desk: Desk, open_day: Open, path: str
) -> None:
    open_day(2)
    first = visitor.get(path)
    assert first.status_code == 200, first.text
    statements = list[str]()

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", count)
    again = visitor.get(path)
    event.remove(desk.database.engine, "before_cursor_execute", count)
    assert (again.content, statements) == (first.content, [])
    known = {"If-None-Match": first.headers["etag"]}
    assert visitor.get(path, headers=known).status_code == 304


@pytest.mark.parametrize("path", READ)
def test_made_again_it_is_the_same_to_the_byte(
    visitor: httpx.Client, open_day: Open, path: str
) -> None:
    """Or nobody would ever have it already."""
    open_day(2)
    tags = {visitor.get(path).headers["etag"] for _ in range(2)}
    assert len(tags) == 1


@pytest.mark.usefixtures("is_kept")
def test_who_registers_is_counted_at_once_where_they_did(api: httpx.Client, open_day: Open) -> None:
    open_day(2)

    def taken() -> int:
        return max(each["taken"] or 0 for each in api.get(API).json()["sessions"])

    assert taken() == 0
    sent = api.post(f"{API}/registrations", json=PERSON)
    assert sent.status_code == 201, sent.text
    assert taken() == 1


def test_who_registers_elsewhere_is_counted_within_a_second(
    api: httpx.Client, desk: Desk, open_day: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    open_day(2)
    before = api.get(API).content
    register(desk, "day", someone(1, "a"))
    registered = time.monotonic()
    eventually(lambda: api.get(API).content != before)
    assert time.monotonic() - registered <= 2 * for_everybody.LIFETIME
