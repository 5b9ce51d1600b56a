"""What is the same for everybody is made once in a moment; what is somebody's own never is."""

import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Request, Response
from prometheus_client.registry import REGISTRY
from starlette.middleware.gzip import GZipMiddleware

from shared.http import for_everybody as keeping
from shared.http.for_everybody import answer_once, for_everybody
from shared.testing import eventually
from tests.system.serving import serving


class Page:
    """How often it was made, and what it says now."""

    def __init__(self) -> None:
        self.made = 0
        self.says = "before"
        self.fails = False
        self.may_end = threading.Event()
        self.may_end.set()
        self.asked = 0

    def make(self) -> str:
        self.made += 1
        self.may_end.wait(10)
        if self.fails:
            raise HTTPException(503)
        return self.says


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def client(page: Page, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    monkeypatch.setattr(keeping, "LIFETIME", 60.0)
    app = FastAPI()
    noise = Random(7).randbytes(keeping.LARGEST).hex()  # larger than that however it is compressed

    @app.get("/marked/{name}", dependencies=[for_everybody])
    def marked(request: Request) -> Response:
        return Response(f"{page.make()} {request.headers.get('accept-language')}")

    @app.get("/long", dependencies=[for_everybody])
    def long() -> Response:
        return Response(page.make() + noise)

    @app.get("/remembers", dependencies=[for_everybody])
    def remembers() -> Response:
        return Response(page.make(), headers={"Set-Cookie": "a=b"})

    @app.get("/unmarked")
    def unmarked() -> Response:
        return Response(page.make())

    @app.post("/change")
    def change() -> None:
        page.says = "after"

    app.add_middleware(GZipMiddleware, minimum_size=1)
    answer_once(app)

    @app.middleware("http")
    async def count(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        page.asked += 1
        return await go_on(request)

    with serving(app) as served:
        yield served


def test_it_is_made_once(client: httpx.Client, page: Page) -> None:
    first = client.get("/marked/a")
    again = client.get("/marked/a")
    assert (first.text, again.text, page.made) == (again.text, first.text, 1)
    assert first.headers["etag"] == again.headers["etag"]
    assert client.get("/marked/b").status_code == 200
    assert page.made == 2


def test_when_it_is_over_it_is_made_once_for_all_who_ask(
    client: httpx.Client, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LIFETIME", 0.0)
    client.get("/marked/a")
    monkeypatch.setattr(keeping, "LIFETIME", 60.0)
    page.says = "after"
    page.may_end.clear()
    with ThreadPoolExecutor(8) as visitors:
        asked = [visitors.submit(client.get, "/marked/a") for _ in range(8)]
        eventually(lambda: page.asked == 9)
        page.may_end.set()
        assert {each.result().text.split()[0] for each in asked} == {"after"}
    assert page.made == 2


@pytest.mark.parametrize("own", ["Cookie", "Authorization", "Range"])
def test_somebodys_own_is_neither_kept_nor_given(
    client: httpx.Client, page: Page, own: str
) -> None:
    for number in (1, 2):
        client.get("/marked/a", headers={own: "a=b"})
        assert page.made == number
    page.says = "after"
    assert client.get("/marked/a").text.startswith("after")


@pytest.mark.parametrize("path", ["/unmarked", "/remembers", "/long"])
def test_what_is_not_said_to_be_for_all_or_is_long_is_made_each_time(
    client: httpx.Client, page: Page, path: str
) -> None:
    for made in (1, 2):
        assert client.get(path).text.startswith("before")
        assert page.made == made
        client.cookies.clear()


def test_a_refusal_is_not_kept(client: httpx.Client, page: Page) -> None:
    page.fails = True
    assert client.get("/marked/a").status_code == 503
    page.fails = False
    assert client.get("/marked/a").status_code == 200


def test_who_waits_for_one_that_is_refused_asks_by_themselves(
    client: httpx.Client, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LIFETIME", 0.0)
    client.get("/marked/a")
    page.fails = True
    page.may_end.clear()
    with ThreadPoolExecutor(4) as visitors:
        asked = [visitors.submit(client.get, "/marked/a") for _ in range(4)]
        eventually(lambda: page.asked == 5)
        page.may_end.set()
        assert {each.result().status_code for each in asked} == {503}


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_who_has_it_already_is_told_so(client: httpx.Client, encoding: str) -> None:
    accepts = {"Accept-Encoding": encoding}
    first = client.get("/marked/a", headers=accepts)
    known = {**accepts, "If-None-Match": first.headers["etag"]}
    again = client.get("/marked/a", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["vary"] == first.headers["vary"]
    client.post("/change")
    assert client.get("/marked/a", headers=known).status_code == 200


def test_made_again_the_same_has_the_same_tag(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LIFETIME", 0.0)
    monkeypatch.setattr("gzip.time.time", iter(range(100, 200)).__next__)
    tags = {client.get("/marked/a").headers["etag"] for _ in range(3)}
    assert len(tags) == 1


def test_each_language_and_encoding_has_its_own(client: httpx.Client, page: Page) -> None:
    said = [
        client.get("/marked/a", headers={"Accept-Language": each}).text for each in ("fr", "en")
    ]
    assert said == ["before fr", "before en"]
    plain = client.get(
        "/marked/a", headers={"Accept-Language": "fr", "Accept-Encoding": "identity"}
    )
    assert "content-encoding" not in plain.headers
    assert page.made == 3


def test_who_changes_something_sees_it_at_once(client: httpx.Client) -> None:
    assert client.get("/marked/a").text.startswith("before")
    client.post("/change")
    assert client.get("/marked/a").text.startswith("after")


def test_whatever_was_asked_for_so_many_are_kept(
    client: httpx.Client, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST", 2)
    made = []
    for name in ("a", "b", "a", "c", "a", "b"):
        client.get(f"/marked/{name}")
        made.append(page.made)
    assert made == [1, 2, 2, 3, 3, 4], "what is asked for stays"


def test_what_is_kept_is_counted_too(client: httpx.Client) -> None:
    """The first is counted where it is made."""

    def counted(status: int) -> float:
        labels = {"method": "GET", "route": "/marked/{name}", "status": str(status)}
        return REGISTRY.get_sample_value("emarge_requests_total", labels) or 0

    before = counted(200), counted(304)
    tag = client.get("/marked/a").headers["etag"]
    client.get("/marked/a")
    client.get("/marked/a", headers={"If-None-Match": tag})
    assert (counted(200) - before[0], counted(304) - before[1]) == (1, 1)
