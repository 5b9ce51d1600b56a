"""The front puts three services under one origin, and forwards what it should as it came."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from deploy.local.front import Upstreams, create_front
from deploy.local.ports import LOOPBACK, free_ports
from shared.testing import eventually
from tests.system.serving import serving


class Upstream:
    """Says what it was asked; its `/stream` never ends by itself."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.streams = 0
        routes = [
            Route("/stream", self.stream),
            Route("/{path:path}", self.echo, methods=["GET", "POST"]),
        ]
        self.app = Starlette(routes=routes)

    async def echo(self, request: Request) -> Response:
        told = {
            "name": self.name,
            "target": request.url.path + "?" + request.url.query,
            "headers": dict(request.headers),
            "body": (await request.body()).decode(),
        }
        answer = JSONResponse(told, 203)
        answer.set_cookie("one", "1")
        answer.set_cookie("two", "2")
        return answer

    async def stream(self, _request: Request) -> Response:
        async def events() -> AsyncIterator[str]:
            self.streams += 1
            try:
                yield "data: first\n\n"
                await asyncio.Event().wait()
            finally:
                self.streams -= 1

        return StreamingResponse(events(), media_type="text/event-stream")


@pytest.fixture(scope="module")
def upstreams() -> list[Upstream]:
    return [Upstream("registration"), Upstream("certificates"), Upstream("notifications")]


@pytest.fixture(scope="module")
def front(upstreams: list[Upstream]) -> Iterator[httpx.Client]:
    ports = free_ports(len(upstreams))
    origins = Upstreams(*(f"http://{LOOPBACK}:{port}" for port in ports))
    with ExitStack() as stack:
        for upstream, port in zip(upstreams, ports, strict=True):
            stack.enter_context(serving(upstream.app, port))
        yield stack.enter_context(serving(create_front(origins)))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "registration"),
        ("/c/verify/", "registration"),
        ("/api/conferences", "registration"),
        ("/verify/ABC", "certificates"),
        ("/certificates/ABC.pdf", "certificates"),
        ("/api/certificates/ABC", "certificates"),
        ("/organiser/day/certificates", "certificates"),
        ("/organiser/day/certificates/new?a=b", "certificates"),
        ("/organiser/day/emails", "notifications"),
        ("/organiser/day/emails/messages/1", "notifications"),
        ("/organiser/day/emailsome", "registration"),
        ("/organiser/day/open/emails", "registration"),
    ],
)
def test_each_path_reaches_its_service(front: httpx.Client, path: str, name: str) -> None:
    assert front.get(path).json()["name"] == name


@pytest.mark.parametrize("path", ["/events", "/metrics", "/metrics/more", "/readyz"])
def test_what_is_not_for_visitors_is_not_there(front: httpx.Client, path: str) -> None:
    assert front.get(path).status_code == 404


def test_a_request_arrives_as_it_was_sent(front: httpx.Client) -> None:
    answer = front.post(
        "/c/%C3%A9t%C3%A9?a=1&b=%2F",
        content="bonjour",
        headers={"Host": "emarge.example", "X-Forwarded-For": "6.6.6.6", "Accept-Language": "fr"},
    )
    told = answer.json()
    assert answer.status_code == 203
    assert answer.headers.get_list("set-cookie") == [
        "one=1; Path=/; SameSite=lax",
        "two=2; Path=/; SameSite=lax",
    ]
    assert (told["target"], told["body"]) == ("/c/été?a=1&b=%2F", "bonjour")
    headers = told["headers"]
    assert headers["host"] == headers["x-forwarded-host"] == "emarge.example"
    assert headers["x-forwarded-for"] == LOOPBACK
    assert headers["accept-language"] == "fr"


def test_events_are_streamed_and_end_with_their_reader(
    front: httpx.Client, upstreams: list[Upstream]
) -> None:
    with front.stream("GET", "/stream") as answer:
        assert next(answer.iter_text()) == "data: first\n\n"
        assert upstreams[0].streams == 1
    eventually(lambda: upstreams[0].streams == 0)


def test_a_visitor_waits_for_a_service_that_is_being_started_again(
    upstreams: list[Upstream],
) -> None:
    (late,) = free_ports(1)
    origin = f"http://{LOOPBACK}:{late}"
    with serving(create_front(Upstreams(origin, origin, origin))) as front:
        answers: list[httpx.Response] = []
        visitor = threading.Thread(target=lambda: answers.append(front.post("/", content="once")))
        visitor.start()
        with serving(upstreams[0].app, late):
            visitor.join()
    assert answers[0].json()["body"] == "once"
