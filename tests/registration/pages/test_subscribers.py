"""Who subscribes to events: limited in the browser and by command, listed, and taken back."""

import re
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Connection

from services.registration.access import tokens
from services.registration.access.token_conferences import narrow_tokens
from services.registration.access.tokens import (
    NewToken,
    Token,
    create_token,
    living_tokens,
    revoke_number,
)
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.editing.stages import delete_draft, unpublish
from services.registration.history.acts import SYSTEM
from services.registration.programme.document import parse_programme
from services.registration.seats.registering import register
from shared.base.clock import now
from tests.registration.days import IN_THREE_WEEKS, programme_text, someone
from tests.registration.pages.visits import seen

PLACE = "/organiser/subscribers"


@pytest.fixture
def other(desk: Desk) -> int:
    """The number of another day."""
    text = programme_text(1, 2).replace("slug: day", "slug: other")
    return import_programme(desk, parse_programme(text, on=IN_THREE_WEEKS)).id


def reads(client: httpx.Client, token: str) -> list[tuple[str, str]]:
    """(type, conference) of what it gets; nothing when it opens nothing."""
    answer = client.get("/events/registration", headers={"Authorization": f"Bearer {token}"})
    if answer.status_code == 401:
        return []
    return [(event["type"], event["conference"]) for event in answer.json()["events"]]


def token_in(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    assert page.headers["cache-control"] == "no-store"
    return re.findall(r"emarge_[\w-]+", page.text)[0]


@pytest.mark.usefixtures("other")
def test_of_some_conferences_and_events_until_a_day(organiser: httpx.Client, desk: Desk) -> None:
    for slug in ("day", "other"):
        register(desk, slug, someone(1, "a"))
    until = (now() + timedelta(days=9)).date().isoformat()
    wanted = {"name": "CRM", "conferences": ["day", "other"], "until": until}
    types = {"types": ["registration.confirmed", "attendee.erased"]}
    token = token_in(organiser.post(PLACE, data=wanted | types))
    confirmed = "registration.confirmed"
    assert reads(organiser, token) == [(confirmed, "day"), (confirmed, "other")]
    page = seen(organiser.get(PLACE))
    for said in ("CRM", "day, other", "attendee.erased, registration.confirmed", "boss@"):
        assert said in page
    [known] = [each for each in _living(desk) if each.name == "CRM"]
    assert known.until is not None
    assert known.until.date().isoformat() == until
    assert organiser.post(f"{PLACE}/{known.number}/revoke").status_code == 303
    assert reads(organiser, token) == []
    assert "CRM" not in seen(organiser.get(PLACE))
    for slug in ("day", "other"):
        assert "Took a key back" in seen(organiser.get(f"/organiser/{slug}/history"))


@pytest.mark.usefixtures("other")
def test_of_all_that_there_are(organiser: httpx.Client) -> None:
    token = token_in(organiser.post(PLACE, data={"name": "All"}))
    assert {conference for _, conference in reads(organiser, token)} == {"day", "other"}


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("name", " ", 422),
        ("until", "soon", 422),
        ("until", "2019-11-07", 422),
        ("conferences", "nowhere", 404),
        ("types", "registration.dreamt", 404),
        ("types", "organiser.invited", 404),
    ],
)
def test_what_limits_nothing_makes_none(
    organiser: httpx.Client, desk: Desk, field: str, value: str, status: int
) -> None:
    """Left out, a limit that nobody understood would open more than was meant."""
    for place in (PLACE, "/organiser/day/keys"):
        if field == "conferences" and place != PLACE:
            continue
        wanted = {"name": "CRM", "role": "subscriber"} | {field: value}
        assert organiser.post(place, data=wanted).status_code == status, place
    assert _living(desk) == []


def test_on_its_day_s_page(organiser: httpx.Client) -> None:
    wanted = {"name": "Wiki", "role": "subscriber", "types": "conference.published"}
    token = token_in(organiser.post("/organiser/day/keys", data=wanted))
    assert reads(organiser, token) == [("conference.published", "day")]
    assert "conference.published" in seen(organiser.get("/organiser/day/keys"))
    page = seen(organiser.post("/organiser/day/keys", data=wanted | {"until": "x"}))
    assert "lies in the future" in page


def test_the_organisers_of_one_day_take_back_theirs(
    organiser: httpx.Client, desk: Desk, other: int
) -> None:
    """Whoever reads of several goes on with the others."""
    token = create_token(desk, _of_both(desk, other))
    assert {conference for _, conference in reads(organiser, token)} == {"day", "other"}
    for slug, also in (("day", "also other"), ("other", "also day")):
        assert also in seen(organiser.get(f"/organiser/{slug}/keys"))
    [known] = _living(desk)
    assert organiser.post(f"/organiser/day/keys/{known.number}/revoke").status_code == 303
    assert {conference for _, conference in reads(organiser, token)} == {"other"}
    assert organiser.post(f"/organiser/day/keys/{known.number}/revoke").status_code == 404
    assert "CRM" not in seen(organiser.get("/organiser/day/keys"))
    assert organiser.post(f"/organiser/other/keys/{known.number}/revoke").status_code == 303
    assert reads(organiser, token) == []


def test_of_two_who_take_it_back_at_once_the_second_ends_it(
    desk: Desk, other: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is an organiser of one of its days, and the second comes before the first has ended."""
    create_token(desk, _of_both(desk, other))
    [known] = _living(desk)
    with ThreadPoolExecutor(1) as pool:
        second: list[Future[None]] = []

        def narrow(connection: Connection, conference_id: int, number: int) -> None:
            narrow_tokens(connection, conference_id, number)
            if not second:
                second.append(pool.submit(revoke_number, desk, "other", known.number, by=SYSTEM))
                with pytest.raises(TimeoutError):
                    second[0].result(timeout=0.3)

        monkeypatch.setattr(tokens, "narrow_tokens", narrow)
        revoke_number(desk, "day", known.number, by=SYSTEM)
        second[0].result()
    assert _living(desk) == []


def test_a_draft_that_is_deleted_ends_no_other_s(
    organiser: httpx.Client, desk: Desk, other: int
) -> None:
    token = create_token(desk, _of_both(desk, other))
    unpublish(desk, "day", SYSTEM)
    delete_draft(desk, "day", SYSTEM)
    assert {conference for _, conference in reads(organiser, token)} == {"other"}


def _of_both(desk: Desk, other: int) -> NewToken:
    return NewToken("CRM", "subscriber", desk.programmes.fresh("day").id, others=(other,))


def _living(desk: Desk) -> list[Token]:
    with desk.database.read() as connection:
        return list(living_tokens(connection))
