"""Sign-ins are rows: seen, ended on the server, and nothing is left that opens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import httpx
import pytest
from fastapi import Request, Response
from pydantic import SecretStr

from services.registration.access.members import give_role, remove_organiser, take_role
from services.registration.access.organisers import invite
from services.registration.access.passkeys import PasskeyRefused
from services.registration.access.sign_ins import sessions_of
from services.registration.access.tokens import NewToken, create_token, revoke_token
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk
from services.registration.pages.challenges import Challenges
from shared.base.keys import Keys
from tests.registration.pages.visits import event_types, seen

KEYS = Keys([SecretStr("a-secret-for-tests-only")])
HOME, ACCOUNT = "/organiser", "/organiser/account"
SignIn = Callable[..., httpx.Client]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def browsers() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def copied(browsers: ExitStack) -> Callable[[httpx.Client], httpx.Client]:
    def copy(client: httpx.Client) -> httpx.Client:
        return browsers.enter_context(
            httpx.Client(
                base_url=client.base_url,
                headers=client.headers,
                cookies=client.cookies,
                timeout=client.timeout,
                trust_env=False,
            )
        )

    return copy


@pytest.fixture
def sign_in(visitor: httpx.Client, desk: Desk, browsers: ExitStack) -> SignIn:
    """Another browser, signed in; with its own cookies, which may be copied."""

    def on(user_agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"):
        headers = {**visitor.headers, "user-agent": user_agent}
        client = browsers.enter_context(
            httpx.Client(
                base_url=visitor.base_url,
                headers=headers,
                timeout=visitor.timeout,
                trust_env=False,
            )
        )
        answer = client.post(f"/organiser/sign-in/{invite(desk, 'boss@example.org')}")
        assert answer.status_code == 303
        return client

    return on


def standing(client: httpx.Client, **question: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {KEYS.bearer}"}
    return client.post("/api/standing", json=question, headers=headers)


def test_a_copied_cookie_ends_when_its_owner_signs_out(sign_in: SignIn, copied) -> None:
    browser = sign_in()
    thief = copied(browser)
    assert thief.get(ACCOUNT).status_code == 200
    browser.post("/organiser/sign-out")
    assert thief.get(ACCOUNT).status_code == 403
    assert thief.post(f"{ACCOUNT}/sign-out-everywhere").status_code == 403


def test_one_sees_where_one_is_signed_in_and_ends_it(sign_in: SignIn, desk: Desk) -> None:
    here, phone = sign_in(), sign_in("Mozilla/5.0 (iPhone; CPU) Version/18.0 Safari/604.1")
    page = seen(here.get(ACCOUNT))
    assert "Firefox, Linux · this one" in page, page
    assert "Safari, iPhone" in page
    with desk.database.read() as connection:
        [session] = [each.id for each in sessions_of(connection, 1) if "iPhone" in each.device]
    assert here.post(f"{ACCOUNT}/sessions/{session}/end").status_code == 303
    assert (phone.get(ACCOUNT).status_code, here.get(ACCOUNT).status_code) == (403, 200)
    assert "Safari, iPhone" not in seen(here.get(ACCOUNT))


def test_signing_out_everywhere(sign_in: SignIn, desk: Desk) -> None:
    clients = [sign_in() for _ in range(3)]
    assert clients[0].post(f"{ACCOUNT}/sign-out-everywhere").status_code == 303
    assert [browser.get(ACCOUNT).status_code for browser in clients] == [403] * 3
    assert event_types(desk).count("access.ended") == 3


def test_signing_in_again_ends_the_sign_in_of_before(sign_in: SignIn, copied, desk: Desk) -> None:
    browser = sign_in()
    before = copied(browser)
    assert browser.post(f"/organiser/sign-in/{invite(desk, 'boss@example.org')}").is_redirect
    assert (before.get(ACCOUNT).status_code, browser.get(ACCOUNT).status_code) == (403, 200)


def test_a_sign_in_ends_after_the_longest_of_days(sign_in: SignIn, desk: Desk) -> None:
    browser = sign_in()
    with desk.database.begin() as connection:
        [session] = sessions_of(connection, 1)
        assert session.expires_at - session.began_at == timedelta(hours=14)
        connection.exec_driver_sql("UPDATE sign_in SET expires_at = '2019-11-07 00:00:00'")
    assert browser.get(ACCOUNT).status_code == 403


def test_nobody_ends_what_is_anothers(sign_in: SignIn, visitor: httpx.Client, desk: Desk) -> None:
    boss = sign_in()
    with desk.database.begin() as connection:
        day = desk.programmes.known("day").id
        give_role(desk, connection, day, "ann@example.org", "organiser")
        [session] = sessions_of(connection, 1)
    visitor.post(f"/organiser/sign-in/{invite(desk, 'ann@example.org')}")
    visitor.post(f"{ACCOUNT}/sessions/{session.id}/end")
    assert boss.get(ACCOUNT).status_code == 200


def test_whoever_is_removed_is_signed_in_nowhere(sign_in: SignIn, desk: Desk) -> None:
    browser = sign_in()
    remove_organiser(desk, "boss@example.org")
    assert browser.get(HOME).status_code == 403
    assert "access.ended" in event_types(desk)


def test_what_another_service_is_told(visitor: httpx.Client, desk: Desk) -> None:
    day = desk.programmes.known("day").id
    with desk.database.begin() as connection:
        give_role(desk, connection, day, "boss@example.org", "organiser")
        ann = give_role(desk, connection, day, "ann@example.org", "organiser")
        connection.exec_driver_sql("UPDATE organiser SET everywhere = false")
    visitor.post(f"/organiser/sign-in/{invite(desk, 'ann@example.org')}")
    with desk.database.begin() as connection:
        connection.exec_driver_sql("UPDATE organiser SET everywhere = false")
        [session] = sessions_of(connection, ann)
    asked = {"session": session.id, "holder": f"organiser:{ann}", "conference": "day"}
    assert standing(visitor, **asked).json() == {"role": "organiser"}
    for other in ({"conference": "other"}, {"holder": "organiser:1"}, {"session": "session:1"}):
        assert standing(visitor, **{**asked, **other}).json() == {"role": None}, other
    assert visitor.post("/api/standing", json=asked).status_code == 401
    service_token = {"Authorization": "Bearer a-token-between-services"}
    assert visitor.post("/api/standing", json=asked, headers=service_token).status_code == 401
    take_role(desk, day, ann)
    assert standing(visitor, **asked).json() == {"role": None}


def test_a_revoked_key_ends_where_it_was_used(visitor: httpx.Client, desk: Desk) -> None:
    day = desk.programmes.known("day").id
    key = create_token(desk, NewToken("door of the hall", "staff", day))
    assert visitor.post("/checkin/day/sign-in", data={"token": key}).status_code == 303
    assert visitor.get("/checkin/day/list.json").status_code == 200
    revoke_token(desk, "door of the hall")
    assert visitor.get("/checkin/day/list.json").status_code == 403
    assert visitor.post("/checkin/day/scans", json={"scans": []}).status_code == 403
    refused = visitor.post("/checkin/day/sign-in", data={"token": key})
    assert "does not open the door" in seen(visitor.get(refused.headers["location"]))
    bearer = {"Authorization": f"Bearer {key}"}
    code = {"code": "AAAAA-AAAAA"}
    answer = visitor.post("/api/conferences/day/checkins", json=code, headers=bearer)
    assert answer.status_code == 401


def test_keys_are_listed_and_taken_back_on_their_page(organiser: httpx.Client, desk: Desk) -> None:
    made = organiser.post("/organiser/day/keys", data={"name": "Board", "role": "organiser"})
    assert "emarge_" in made.text
    again = organiser.post("/organiser/day/keys", data={"name": "Board", "role": "staff"})
    assert (again.status_code, "choose another name" in seen(again)) == (422, True)
    assert organiser.post("/organiser/day/keys", data={"name": " "}).status_code == 422
    for _ in range(2):
        assert "emarge_" in organiser.post("/organiser/day/door-key").text
    page = seen(organiser.get("/organiser/day/keys"))
    for said in ("Board", "door of day", "door of day 2", "boss@example.org", "no end", "not yet"):
        assert said in page
    assert organiser.post("/organiser/day/keys/1/revoke").status_code == 303
    assert "Board" not in seen(organiser.get("/organiser/day/keys"))
    assert "Took a key back" in seen(organiser.get("/organiser/day/history"))
    elsewhere = create_token(desk, NewToken("elsewhere", "service"))
    assert organiser.post("/organiser/day/keys/4/revoke").status_code == 404
    assert elsewhere


def test_two_presses_at_once_make_two_keys(organiser: httpx.Client, monkeypatch) -> None:
    """Both have seen no key yet."""
    monkeypatch.setattr("services.registration.pages.organiser.keys.living_tokens", lambda _: [])
    answers = [organiser.post("/organiser/day/door-key") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("emarge_" in answer.text for answer in answers)
    monkeypatch.undo()
    assert "door of day 2" in seen(organiser.get("/organiser/day/keys"))


def test_a_challenge_is_answered_once(desk: Desk, settings: RegistrationSettings) -> None:
    challenges, response = Challenges(settings), Response()
    challenge = challenges.new()
    challenges.keep(response, "sign-in", challenge)
    cookie = response.headers["set-cookie"].partition(";")[0].encode()
    request = Request({"type": "http", "headers": [(b"cookie", cookie)]})
    with pytest.raises(PasskeyRefused):
        challenges.take(request, desk, "create")
    assert challenges.take(request, desk, "sign-in") == challenge
    with pytest.raises(PasskeyRefused):
        challenges.take(request, desk, "sign-in")
