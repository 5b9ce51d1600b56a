"""What every page says to a browser beside itself."""

import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator

import httpx
import pytest

from services.registration.access.organisers import invite
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk
from services.registration.web import application
from shared.base.database import Database
from tests.registration.pages.visits import ENTRY
from tests.system.serving import serving

PUBLIC_URL = "https://emarge.example"
FORWARDED = {"X-Forwarded-Proto": "https", "Origin": PUBLIC_URL}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here asks nothing of a database that the use cases do not."""
    return sqlite_url


@pytest.fixture
def https(settings: RegistrationSettings, database: Database) -> Iterator[httpx.Client]:
    """As a visitor meets it behind a front with HTTPS."""
    app = application(settings.model_copy(update={"public_url": PUBLIC_URL}), database)
    with serving(app, behind_a_front=True) as client:
        client.headers.update(FORWARDED)
        client.timeout = httpx.Timeout(60)
        yield client
        for leave in app.state.leaving:
            leave()


def cookies_of(answer: httpx.Response) -> list[str]:
    return answer.headers.get_list("set-cookie")


def test_every_cookie_is_for_https_and_this_host_alone(https: httpx.Client, desk: Desk) -> None:
    given = [
        *cookies_of(https.get("/?lang=fr")),
        *cookies_of(https.post(f"/organiser/sign-in/{invite(desk, 'boss@example.org')}")),
        *cookies_of(https.post("/organiser/passkey/options")),
        *cookies_of(https.post("/organiser/sign-out")),
        *cookies_of(https.post("/c/day/register", data={**ENTRY, "action": "add"})),
    ]
    assert len(given) == 5
    for cookie in given:
        name, *said = (part.strip().lower() for part in cookie.replace("=", ";", 1).split(";"))
        assert name.startswith(("__host-", "__secure-")), cookie
        assert {"secure", "httponly"} <= set(said), cookie
        assert {"samesite=lax", "samesite=strict"} & set(said), cookie
        if name.startswith("__host-"):
            assert "path=/" in said, cookie
            assert not any(part.startswith("domain") for part in said), cookie


def test_the_language_is_remembered(https: httpx.Client) -> None:
    kept = cookies_of(https.get("/?lang=en"))[0].partition(";")[0]
    page = https.get("/", headers={"Cookie": kept, "Accept-Language": "fr"})
    assert '<html lang="en"' in page.text


def test_a_cookie_that_nests_without_end_is_none_of_ours(visitor: httpx.Client) -> None:
    nested = urlsafe_b64encode(zlib.compress(b"[" * 200_000)).decode()
    answer = visitor.get("/c/day/register", headers={"Cookie": f"emarge-form={nested}"})
    assert answer.status_code == 200


def test_nobody_is_told_where_one_was(visitor: httpx.Client) -> None:
    mine = visitor.post("/c/day/register", data=ENTRY).headers["location"]
    for path in ("/", "/c/day", mine, "/organiser", "/nowhere"):
        headers = visitor.get(path).headers
        assert headers["referrer-policy"] == "same-origin", path
        assert headers["x-content-type-options"] == "nosniff", path
        policy = headers["content-security-policy"]
        for directive in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in policy, path


def test_pages_about_somebody_are_kept_nowhere(organiser: httpx.Client) -> None:
    mine = organiser.post("/c/day/register", data=ENTRY).headers["location"].partition("?")[0]
    for path in (mine, f"{mine}/data.json", "/organiser/day/registrations", "/organiser/account"):
        answer = organiser.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), path


def test_a_download_has_a_name_of_ours(organiser: httpx.Client) -> None:
    for path in ("/organiser/day/registrations.csv", "/organiser/day/attendance.csv"):
        said = organiser.get(f"{path}?filename=evil.html&name=evil").headers["content-disposition"]
        assert said.startswith('attachment; filename="day')
        assert "evil" not in said


@pytest.mark.parametrize(
    "path", ["/", "/c/day", "/organiser", "/api/conferences", "/api/conferences/day/headcounts"]
)
def test_no_other_page_may_read_an_answer(visitor: httpx.Client, path: str) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for answer in (visitor.get(path, headers=headers), visitor.options(path, headers=headers)):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
