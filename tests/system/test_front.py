"""The front puts three services under one origin, and forwards what it should as it came."""

import asyncio
import http.client
import socketserver
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

FIGURES = "emarge_requests_total 7"


class Upstream:
    """Says what it was asked; its `/stream` never ends by itself; its figures are for nobody."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.streams = 0
        routes = [
            Route("/stream", self.stream),
            Route("/metrics", self.figures),
            Route("/events", self.figures),  # what the token of services opens
            Route("/readyz", self.figures),
            Route("/{path:path}", self.echo, methods=["GET", "POST"]),
        ]
        self.app = Starlette(routes=routes)

    async def echo(self, request: Request) -> Response:
        told = {
            "name": self.name,
            "target": request.url.path + "?" + request.url.query,
            "raw": request.scope["raw_path"].decode(),
            "headers": dict(request.headers),
            "body": (await request.body()).decode(),
        }
        answer = JSONResponse(told, 203)
        answer.set_cookie("one", "1")
        answer.set_cookie("two", "2")
        return answer

    async def figures(self, _request: Request) -> Response:
        return Response(FIGURES)

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
    origins = Upstreams(
        {
            upstream.name: f"http://{LOOPBACK}:{port}"
            for upstream, port in zip(upstreams, ports, strict=True)
        }
    )
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
        ("/.well-known/did.json", "certificates"),
        ("/.well-known/jwks.json", "certificates"),
        ("/.well-known/other", "registration"),
        ("/organiser/day/certificates", "certificates"),
        ("/organiser/day/certificates/new?a=b", "certificates"),
        ("/organiser/day/emails", "notifications"),
        ("/organiser/day/emails/messages/1", "notifications"),
        ("/organiser/day/emailsome", "registration"),
        ("/organiser/day/open/emails", "registration"),
        ("/events/registration", "registration"),
        ("/events/certificates?after=3", "certificates"),
        ("/events/notifications", "registration"),
        ("/events/registration.confirmed.v1.json", "registration"),
    ],
)
def test_each_path_reaches_its_service(front: httpx.Client, path: str, name: str) -> None:
    assert front.get(path).json()["name"] == name


def test_a_feed_is_read_by_its_service_s_name(front: httpx.Client) -> None:
    """At the address without one, the token of services opens it."""
    told = front.get("/events?after=3").json()
    assert (told["raw"], told["target"]) == ("/events/registration", "/events/registration?after=3")


@pytest.mark.parametrize("path", ["/metrics", "/metrics/more", "/readyz"])
def test_what_is_not_for_visitors_is_not_there(front: httpx.Client, path: str) -> None:
    assert front.get(path).status_code == 404


def asked(front: httpx.Client, target: str, host: str = "emarge.example") -> tuple[int, str]:
    """What the front answers to exactly this target; clients of people put it in order first."""
    connection = http.client.HTTPConnection(front.base_url.host, front.base_url.port, timeout=20)
    connection.putrequest("GET", target, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize("place", ["metrics", "events", "readyz"])
@pytest.mark.parametrize(
    "spelling",
    [
        *("/./{0}", "/organiser/../{0}", "/organiser/day/emails/../../../{0}", "//{0}", "///{0}"),
        *("/%2e/{0}", "/organiser/%2E%2e/{0}", "/%2F{0}", "/organiser/..%2f{0}", "/.//{0}"),
        *("/{0}%2f", "/{0}%3Fa", "/{0};a", "/{0}/.", "/{0}/", "/{0}//", "/{0}?a", "\\{0}"),
        *("/\\{0}", "/{0}%00", "/verify/../{0}", "/certificates/..;/{0}"),
        *("http://emarge.example/{0}", "http://emarge.example/./{0}", "*", "{0}"),
    ],
)
def test_no_other_spelling_leads_there(front: httpx.Client, place: str, spelling: str) -> None:
    _status, body = asked(front, spelling.format(place))
    assert FIGURES not in body


@pytest.mark.parametrize(
    "target", ["/{0}", "/%{1:x}{2}", "/{0}/", "/{0}/more", "/{0}?a=b", "/{0}%2fmore"]
)
@pytest.mark.parametrize("place", ["metrics", "readyz"])
def test_what_the_service_would_read_so_is_not_there(
    front: httpx.Client, place: str, target: str
) -> None:
    status, _body = asked(front, target.format(place, ord(place[0]), place[1:]))
    assert status == 404


@pytest.mark.parametrize("host", ["a?", "a/b", "a#", "a?x=/verify/", ""])
def test_what_the_visitor_calls_us_does_not_matter(front: httpx.Client, host: str) -> None:
    assert FIGURES not in asked(front, "/metrics", host)[1]


@pytest.mark.parametrize("target", ["/c/a%2Fb/./c//d", "/c/../%2e/x", "/verify/a%3fb"])
def test_an_address_is_not_put_in_order(front: httpx.Client, target: str) -> None:
    """The service reads what was judged here."""
    assert f'"raw":"{target}"' in asked(front, target)[1]


class OneAnswer(socketserver.StreamRequestHandler):
    """Says that the connection stays, and closes it as the next request comes in."""

    def handle(self) -> None:
        while (line := self.rfile.readline().strip()) and line:
            pass
        self.wfile.write(b"HTTP/1.1 500 Failed\r\nContent-Length: 0\r\n\r\n")
        self.rfile.readline()


def test_a_connection_that_closes_costs_nobody_their_request() -> None:
    """As a service does after a fault. What may not be sent twice is not sent on a kept one."""
    with ExitStack() as stack:
        server = stack.enter_context(socketserver.ThreadingTCPServer((LOOPBACK, 0), OneAnswer))
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        stack.callback(server.shutdown)
        origin = f"http://{LOOPBACK}:{server.server_address[1]}"
        front = stack.enter_context(serving(create_front(Upstreams({"registration": origin}))))
        assert front.get("/fails").status_code == 500
        assert front.post("/c/day/register", content=b"x").status_code == 500


def visitor(front: httpx.Client) -> httpx.Client:
    return httpx.Client(base_url=front.base_url, timeout=front.timeout, trust_env=False)


def test_visitors_are_strangers_to_each_other(front: httpx.Client) -> None:
    with visitor(front) as organiser, visitor(front) as stranger:
        first = organiser.get("/organiser/day").json()["headers"]
        assert "cookie" not in first
        assert dict(organiser.cookies) == {"one": "1", "two": "2"}
        for path in ("/", "/organiser/day", "/organiser/day/emails", "/verify/A"):
            assert "cookie" not in stranger.get(path).json()["headers"]
            stranger.cookies.clear()
        stranger.cookies.set("own", "3")
        assert stranger.get("/").json()["headers"]["cookie"] == "own=3"
        assert organiser.get("/").json()["headers"]["cookie"] == "one=1; two=2"


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
        chunks = answer.iter_text()  # held: dropped, it closes its stream
        assert next(chunks) == "data: first\n\n"
        eventually(lambda: upstreams[0].streams == 1)
    eventually(lambda: upstreams[0].streams == 0)


def test_a_visitor_waits_for_a_service_that_is_being_started_again(
    upstreams: list[Upstream],
) -> None:
    (late,) = free_ports(1)
    origin = f"http://{LOOPBACK}:{late}"
    with serving(create_front(Upstreams({"registration": origin}))) as front:
        answers: list[httpx.Response] = []
        visitor = threading.Thread(target=lambda: answers.append(front.post("/", content="once")))
        visitor.start()
        with serving(upstreams[0].app, late):
            visitor.join()
    assert answers[0].json()["body"] == "once"
