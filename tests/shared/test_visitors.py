"""Who is signed in at registration comes to another service's pages, and nobody else does."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from itsdangerous import TimestampSigner
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from shared.base.clock import now
from shared.base.database import Database
from shared.base.keys import Keys
from shared.base.settings import KeyedSettings
from shared.bus.access import note_ended
from shared.bus.tables import Base
from shared.pages import Site, visitors
from shared.pages.visitors import Visitor, VisitorsOnly, visitor_of, way_in
from shared.testing.standing import Answers, answering
from tests.shared.conftest import TOKEN
from tests.system.serving import PATIENCE, serving

SECRET, OLD_SECRET = "the secret of this year", "the secret of the year before"
SETTINGS = KeyedSettings(
    service="letters", service_token=TOKEN, secret_key=f"{SECRET},{OLD_SECRET}"
)
SESSION, HOLDER = "session:1", "organiser:1"


def visitor(role: str = "organiser", given_at: float | None = None) -> Visitor:
    moment = time.time() if given_at is None else given_at
    return Visitor("day", role, f"{role}@example.org", SESSION, HOLDER, moment)


async def tell(request: Request) -> JSONResponse:
    who = visitor_of(request)
    form = await request.form()
    told = {"name": who.name, "role": who.role, "query": request.url.query, "form": dict(form)}
    return JSONResponse(told)


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    with answering() as registration:
        yield registration


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    opened = Database.open(f"sqlite:///{tmp_path_factory.mktemp('database')}/letters.db")
    Base.metadata.create_all(opened.engine)
    return opened


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, answers: Answers, database: Database
) -> Iterator[str]:
    settings = SETTINGS.model_copy(update={"feeds": {"registration": answers.url}})
    routes = [Route("/organiser/{slug}/letters{page:path}", tell, methods=["GET", "POST"])]
    app = Starlette(routes=routes)
    folder: Path = tmp_path_factory.mktemp("pages")
    site = Site(folder, folder, SETTINGS.public_url)
    app.add_middleware(
        VisitorsOnly, site=site, area="letters", settings=settings, database=database
    )
    site.install(app)
    with serving(app) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    headers = {"Origin": address, "Accept-Language": "en"}
    with httpx.Client(
        base_url=address, headers=headers, timeout=PATIENCE, trust_env=False
    ) as client:
        yield client


def way(page: str = "", area: str = "letters", role: str = "organiser") -> str:
    return way_in(visitor(role), area, page, SETTINGS.keys)


def test_a_pass_opens_and_leaves_the_address_clean(browser: httpx.Client) -> None:
    answer = browser.get(way("/all?state=failed"))
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/organiser/day/letters/all?state=failed",
    )
    cookie = answer.headers["set-cookie"]
    for said in ("HttpOnly", "Path=/organiser/day/letters", "SameSite=lax", "Max-Age=3600"):
        assert said in cookie
    told = browser.get(answer.headers["location"]).json()
    assert (told["name"], told["role"], told["query"]) == (
        "organiser@example.org",
        "organiser",
        "state=failed",
    )


def test_whoever_is_unknown_is_asked_for_by_registration(browser: httpx.Client) -> None:
    answer = browser.get("/organiser/day/letters/all?state=failed&page=2")
    assert answer.status_code == 303
    asked = urlsplit(answer.headers["location"])
    assert (asked.netloc, asked.path) == ("", "/organiser/day/open/letters")
    page = parse_qs(asked.query)["page"][0]
    assert way(page).startswith("/organiser/day/letters/all?state=failed&page=2&pass=")


def test_a_form_goes_along_and_comes_back(browser: httpx.Client) -> None:
    answer = browser.post("/organiser/day/letters/new", data={"subject": "Hello"})
    assert answer.status_code == 307  # with the same method and the same form
    answer = browser.post(way("/new"), data={"subject": "Hello"})
    assert answer.json()["form"] == {"subject": "Hello"}
    assert browser.post("/organiser/day/letters/new", data={"a": "b"}).status_code == 200


def test_whoever_may_only_look_changes_nothing(browser: httpx.Client) -> None:
    assert browser.get(way(role="viewer"), follow_redirects=True).json()["role"] == "viewer"
    assert browser.post("/organiser/day/letters", data={"a": "b"}).status_code == 403


@pytest.mark.parametrize(
    "other",
    [
        lambda: way().replace("/day/", "/other/"),
        lambda: way(area="seals").replace("/seals", "/letters"),
        lambda: way()[:-5] + ("AAAAA" if way()[-5:] != "AAAAA" else "BBBBB"),
        lambda: "/organiser/day/letters?pass=",
        lambda: way_in(visitor(), "letters", "", Keys([SecretStr("of another installation")])),
        lambda: way_in(visitor(), "letters", "", Keys([SecretStr(TOKEN)])),
    ],
    ids=[
        "another conference",
        "another service",
        "tampered",
        "empty",
        "another secret",
        "the service token",
    ],
)
def test_a_pass_opens_nothing_else(browser: httpx.Client, other: Callable[[], str]) -> None:
    answer = browser.get(other())
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "too old" in answer.text


def test_a_cookie_opens_nothing_else(browser: httpx.Client) -> None:
    kept = browser.get(way()).cookies["emarge-letters"]
    for address, cookie in {
        "/organiser/other/letters": kept,
        "/organiser/day/letters": kept[:-1],
        "/organiser/day/letters/": urlsplit(way()).query.removeprefix("pass="),  # a pass
    }.items():
        answer = httpx.get(
            f"{browser.base_url}{address}",
            headers={"Cookie": f"emarge-letters={cookie}"},
            timeout=PATIENCE,
        )
        assert answer.status_code == 303, address
        assert "/open/letters" in answer.headers["location"]


@pytest.mark.parametrize(
    ("lasts", "place", "status"),
    [
        (visitors.PASS_LASTS, way, 403),
        (visitors.COOKIE_LASTS, lambda: "/organiser/day/letters", 303),
    ],
    ids=["pass", "cookie"],
)
def test_each_ends(
    browser: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    lasts: int,
    place: Callable[[], str],
    status: int,
) -> None:
    browser.get(way())
    moment, address = time.time(), place()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(moment + lasts - 5))
    assert browser.get(address, follow_redirects=True).status_code == 200
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(moment + lasts + 5))
    assert browser.get(address).status_code == status


@pytest.mark.parametrize(
    "page",
    [
        "//evil.example",
        "https://evil.example",
        "/../../sign-out",
        "/%2e%2e/%2e%2e/sign-out",
        "/\\evil.example",
        ".evil.example",
        "@evil.example",
        "/a\r\nSet-Cookie: a=b",
        "/a?b#c",
    ],
)
def test_the_way_in_leads_nowhere_else(page: str) -> None:
    assert way(page).startswith("/organiser/day/letters?pass=")


def test_a_secret_that_is_being_replaced_still_counts(browser: httpx.Client) -> None:
    old = Keys([SecretStr(OLD_SECRET)])
    assert browser.get(way_in(visitor(), "letters", "", old)).status_code == 303


def test_a_pass_opens_once(browser: httpx.Client) -> None:
    once = way()
    assert browser.get(once).status_code == 303
    copied = httpx.get(f"{browser.base_url}{once}", timeout=PATIENCE, trust_env=False)
    assert (copied.status_code, "set-cookie" in copied.headers) == (403, False)


@pytest.mark.parametrize(
    ("holder", "conference"),
    [(SESSION, None), (HOLDER, "day"), (HOLDER, None)],
    ids=["signed out", "role taken", "removed"],
)
def test_what_was_taken_away_opens_nothing(
    browser: httpx.Client, database: Database, holder: str, conference: str | None
) -> None:
    """As soon as its event is filed, for what was given before; what is given after counts."""
    browser.get(way())
    assert browser.get("/organiser/day/letters").status_code == 200
    ended = {"holder": holder, "conference": conference, "ended_at": now().isoformat()}
    elsewhere = {**ended, "conference": "other"}
    with database.begin() as connection:
        note_ended(connection, [elsewhere])
    assert browser.get("/organiser/day/letters").status_code == 200
    with database.begin() as connection:
        note_ended(connection, [ended])
    assert browser.get("/organiser/day/letters").status_code == 303
    assert browser.get(way(), follow_redirects=True).status_code == 200


def test_before_a_change_registration_is_asked(browser: httpx.Client, answers: Answers) -> None:
    browser.get(way())
    assert browser.post("/organiser/day/letters", data={"a": "b"}).status_code == 200
    assert answers.asked[-1] == {"session": SESSION, "holder": HOLDER, "conference": "day"}
    try:
        for role in (None, "viewer"):
            answers.role = role
            answer = browser.post("/organiser/day/letters", data={"a": "b"})
            assert answer.status_code == 307  # to registration, which says who may
            assert "/organiser/day/open/letters" in answer.headers["location"]
            assert browser.get("/organiser/day/letters").status_code == 200
    finally:
        answers.role = "organiser"


def test_where_registration_cannot_be_asked_nothing_is_changed(
    browser: httpx.Client, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.get(way())
    monkeypatch.setattr(answers, "away", True)
    assert browser.post("/organiser/day/letters", data={"a": "b"}).status_code == 503
    assert browser.get("/organiser/day/letters").status_code == 200
