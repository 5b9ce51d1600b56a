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

from shared.base.settings import Settings
from shared.pages import Site, visitors
from shared.pages.visitors import Visitor, VisitorsOnly, visitor_of, way_in
from tests.shared.conftest import TOKEN
from tests.system.serving import serving

OLD_TOKEN = "the token of the year before"
SETTINGS = Settings(service="letters", service_token=f"{TOKEN},{OLD_TOKEN}")
BOSS = Visitor("day", "organiser", "boss@example.org")


async def tell(request: Request) -> JSONResponse:
    who = visitor_of(request)
    form = await request.form()
    told = {"name": who.name, "role": who.role, "query": request.url.query, "form": dict(form)}
    return JSONResponse(told)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    routes = [Route("/organiser/{slug}/letters{page:path}", tell, methods=["GET", "POST"])]
    app = Starlette(routes=routes)
    folder: Path = tmp_path_factory.mktemp("pages")
    site = Site(folder, folder, SETTINGS.public_url)
    app.add_middleware(VisitorsOnly, site=site, area="letters", settings=SETTINGS)
    site.install(app)
    with serving(app) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    headers = {"Origin": address, "Accept-Language": "en"}
    with httpx.Client(base_url=address, headers=headers, trust_env=False) as client:
        yield client


def way(page: str = "", area: str = "letters", visitor: Visitor = BOSS) -> str:
    return way_in(visitor, area, page, SETTINGS.service_token)


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
    assert (told["name"], told["role"], told["query"]) == (BOSS.name, "organiser", "state=failed")


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
    viewer = Visitor("day", "viewer", "eye@example.org")
    assert browser.get(way(visitor=viewer), follow_redirects=True).json()["role"] == "viewer"
    assert browser.post("/organiser/day/letters", data={"a": "b"}).status_code == 403


@pytest.mark.parametrize(
    "other",
    [
        lambda: way().replace("/day/", "/other/"),
        lambda: way(area="seals").replace("/seals", "/letters"),
        lambda: way()[:-5] + ("AAAAA" if way()[-5:] != "AAAAA" else "BBBBB"),
        lambda: "/organiser/day/letters?pass=",
        lambda: way_in(BOSS, "letters", "", (SecretStr("of another installation"),)),
    ],
    ids=["another conference", "another service", "tampered", "empty", "another token"],
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
            f"{browser.base_url}{address}", headers={"Cookie": f"emarge-letters={cookie}"}
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
    now, address = time.time(), place()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(now + lasts - 5))
    assert browser.get(address, follow_redirects=True).status_code == 200
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(now + lasts + 5))
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


def test_a_token_that_is_being_replaced_still_counts(browser: httpx.Client) -> None:
    old = Settings(service="registration", service_token=OLD_TOKEN).service_token
    assert browser.get(way_in(BOSS, "letters", "", old)).status_code == 303
