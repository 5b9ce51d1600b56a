"""Tokens have an end, one name, and are taken back; a door's key ends with its day."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from services.registration.access import tokens
from services.registration.access.tokens import (
    AFTER_THE_DAY,
    NewToken,
    create_token,
    find_token,
    living_tokens,
)
from services.registration.base.refusals import ExpiryPast, NameTaken
from services.registration.commands import commands
from services.registration.day.closing import close_day
from services.registration.desk import Desk
from services.registration.people.erasing import erase
from services.registration.seats.registering import register
from shared.base.clock import now
from shared.base.keys import Keys
from shared.events.registration import AttendeeErased
from tests.registration.conftest import Open
from tests.registration.days import IN_THREE_WEEKS, someone

CHECKINS = "/api/conferences/day/checkins"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, database_url: str):
    monkeypatch.setenv("EMARGE_DATABASE_URL", database_url)
    monkeypatch.setenv("EMARGE_SECRET_KEY", "a-secret-for-tests-only")
    monkeypatch.setenv("EMARGE_SERVICE_TOKEN", "a-token-between-services")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(commands, ["token", *arguments])

    return run


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch):
    """Let time pass for tokens."""

    def by(time: timedelta) -> None:
        moment = now() + time
        monkeypatch.setattr("services.registration.access.tokens.now", lambda: moment)

    return by


def opens(desk: Desk, token: str) -> bool:
    with desk.database.read() as connection:
        return find_token(connection, token) is not None


def test_a_token_ends_when_it_was_said_to(desk: Desk, passing) -> None:
    until = now() + timedelta(hours=1)
    token = create_token(desk, NewToken("board", "organiser", expires_at=until))
    assert opens(desk, token)
    passing(timedelta(hours=1, seconds=1))
    assert not opens(desk, token)
    assert create_token(desk, NewToken("board", "organiser")), "its name is free again"


def test_no_two_that_live_have_one_name(desk: Desk) -> None:
    create_token(desk, NewToken("board", "organiser"))
    with pytest.raises(NameTaken):
        create_token(desk, NewToken("board", "staff"))
    with pytest.raises(ExpiryPast):
        create_token(desk, NewToken("other", "staff", expires_at=now() - timedelta(seconds=1)))


def test_a_door_key_ends_six_hours_after_the_day_wherever_the_day_moves(
    desk: Desk, open_day: Open, passing
) -> None:
    day = open_day(1)
    key = create_token(desk, NewToken("door", "staff", day.id))
    passing(day.ends_at + AFTER_THE_DAY - now() - timedelta(minutes=1))
    assert opens(desk, key)
    passing(day.ends_at + AFTER_THE_DAY - now() + timedelta(minutes=1))
    assert not opens(desk, key)
    open_day(1, on=IN_THREE_WEEKS + timedelta(days=7))
    assert opens(desk, key)


def test_of_a_closed_day_a_door_key_sends_only_what_was_scanned_before(
    desk: Desk, open_day: Open, api: httpx.Client, at
) -> None:
    open_day(2)
    people = [register(desk, "day", someone(number, "a")) for number in (1, 2)]
    day = open_day(2, on=now().date())
    at(9)
    key = create_token(desk, NewToken("door", "staff", day.id))
    api.headers["Origin"] = str(api.base_url).rstrip("/")
    assert api.post("/checkin/day/sign-in", data={"token": key}).status_code == 303
    assert api.get("/checkin/day/list.json").json()["people"]
    before = now()
    at(9.1)
    close_day(desk, "day")
    bearer = {"Authorization": f"Bearer {key}"}
    late = {"code": people[0].code, "direction": "in"}
    refused = api.post(CHECKINS, json=late, headers=bearer)
    assert (refused.status_code, refused.json()["code"]) == (409, "day-closed")
    sent = api.post(CHECKINS, json={**late, "at": before.isoformat()}, headers=bearer)
    assert sent.status_code == 201, sent.text
    assert api.get("/checkin/day/list.json").json()["people"] == []
    scan = {"id": "1", "code": people[1].code, "at": before.isoformat()}
    answer = api.post("/checkin/day/scans", json={"scans": [scan]})
    assert answer.json()["answers"][0]["kind"] == "welcome"
    walk_in = api.post("/checkin/day/walk-in", data={"first_name": "Eve"})
    assert walk_in.status_code == 403


def test_the_commands(desk: Desk, open_day: Open, command) -> None:
    open_day(1)
    made = command("create", "board", "--role", "organiser", "--expires", "2099-12-31")
    assert opens(desk, made.stdout.split()[-1])
    until = datetime(2099, 12, 31, 23, 59, 59, 999999, UTC)
    for wrong in (
        ("board", "--role", "staff"),
        ("past", "--role", "staff", "--expires", "2019-11-07"),
        ("naive", "--role", "staff", "--expires", "2099-11-07T10:00"),
        ("nonsense", "--role", "staff", "--expires", "soon"),
        ("typed", "--role", "staff", "--types", "registration.confirmed"),
        ("unknown", "--role", "subscriber", "--types", "registration.dreamt"),
        ("untyped", "--role", "subscriber", "--types", ""),
        ("commas", "--role", "subscriber", "--types", " , "),
        ("anywhere", "--role", "subscriber", "--conference", ""),
        ("nobody", "--role", "king"),
        ("private", "--role", "subscriber", "--types", "organiser.invited"),
        ("both", "--role", "staff", "--conference", "day", "--conference", "day-2"),
        ("nowhere", "--role", "staff", "--conference", "other"),
    ):
        assert command("create", *wrong).exit_code != 0, wrong
    types = "registration.confirmed,registration.cancelled"
    assert (
        command("create", "crm", "--role", "subscriber", "--conference", "day", "--types", types)
        .stdout.split()[-1]
        .startswith("emarge_")
    )
    listed = json.loads(command("list", "--json").stdout.splitlines()[-1])["items"]
    assert [(each["name"], each["role"], each["conference"]) for each in listed] == [
        ("board", "organiser", None),
        ("crm", "subscriber", "day"),
    ]
    assert datetime.fromisoformat(listed[0]["until"]) == until
    assert "crm" in command("list", "--conference", "day").stdout
    assert command("revoke", "nobody").exit_code != 0
    assert command("revoke", "board").exit_code == 0
    assert command("revoke", "board").exit_code != 0
    assert not opens(desk, made.stdout.split()[-1])


def test_a_subscriber_reads_events_and_nothing_else(
    desk: Desk, open_day: Open, api: httpx.Client
) -> None:
    day = open_day(2)
    person = register(desk, "day", someone(1, "a"))
    kinds = ("registration.confirmed",)
    token = create_token(desk, NewToken("crm", "subscriber", day.id, types=kinds))
    bearer = {"Authorization": f"Bearer {token}"}
    page = api.get("/events", headers=bearer).json()
    assert [event["type"] for event in page["events"]] == ["registration.confirmed"]
    assert page["read_to"] == page["head"]
    assert "/r/" not in json.dumps(page), "nobody's link"
    for path in (
        "/api/conferences/day/registrations.csv",
        "/api/conferences/day/history",
        f"/api/registrations/{person.id}",
    ):
        assert api.get(path, headers=bearer).status_code == 403, path
    assert api.post(CHECKINS, json={"code": person.code}, headers=bearer).status_code == 403
    assert api.get("/events", params={"types": "day.closed"}, headers=bearer).status_code == 403
    with desk.database.read() as connection:
        [known] = living_tokens(connection)
    assert known.used_at is not None


def test_a_subscriber_of_a_day_hears_who_was_erased(
    desk: Desk, open_day: Open, api: httpx.Client
) -> None:
    day = open_day(2)
    mine = register(desk, "day", someone(1, "a")).id
    erase(desk, mine)
    others = (("older", None), ("elsewhere", "another-day"))
    for subject, slug in others:
        told = AttendeeErased(registration_id=subject, conference=slug, erased_at=now())
        with desk.database.begin() as connection:
            desk.log.append(connection, told, subject=subject)
    token = create_token(desk, NewToken("crm", "subscriber", day.id))
    page = api.get("/events", headers={"Authorization": f"Bearer {token}"}).json()
    erased = [event for event in page["events"] if event["type"] == "attendee.erased"]
    assert [(event["subject"], event["data"]["conference"]) for event in erased] == [
        (mine, "day"),
        ("older", None),
    ]


def test_a_link_is_renewed_and_those_of_before_say_so(
    desk: Desk, open_day: Open, api: httpx.Client, as_role
) -> None:
    open_day(2)
    person = register(desk, "day", someone(1, "a"))
    old = desk.links.manage_token(person.id)
    call = f"/api/registrations/{person.id}/link"
    answer = api.post(call, headers={"Authorization": f"Bearer {old}"})
    assert (answer.status_code, answer.json()) == (200, {"manage_url": None})
    assert api.get(f"/r/{old}").status_code == 410
    assert api.post(call, headers={"Authorization": f"Bearer {old}"}).status_code == 410
    renewed = api.post(call, headers=as_role("organiser")).json()["manage_url"]
    assert api.get(f"/r/{renewed.split('/')[-1]}").status_code == 200


def test_of_two_that_are_made_at_once_one_has_the_name(desk: Desk, monkeypatch) -> None:
    """The other has looked for the name before it was taken, and looks again."""
    looks = iter([lambda *_: None])
    look = tokens._free_name  # noqa: SLF001  what is between the look and the row
    create_token(desk, NewToken("board", "organiser"))
    monkeypatch.setattr(tokens, "_free_name", lambda *asked: next(looks, look)(*asked))
    with pytest.raises(NameTaken):
        create_token(desk, NewToken("board", "organiser"))
    assert next(looks, None) is None


def test_another_service_is_told_what_a_token_is_called(
    desk: Desk, open_day: Open, api: httpx.Client
) -> None:
    key = create_token(desk, NewToken("Our CRM", "organiser", open_day(1).id))
    service = Keys([SecretStr("a-secret-for-tests-only")]).bearer
    api.headers["Authorization"] = f"Bearer {service}"
    told = api.post("/api/standing", json={"token": key}).json()
    assert (told["role"], told["conference"], told["name"]) == ("organiser", "day", "Our CRM")
