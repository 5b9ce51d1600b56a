"""The front: all of Emarge under one origin, as Caddy does it around the containers.

    python -m deploy.local.front --port 8000 registration=http://… certificates=http://… …

Which paths are whose, the services say (deploy/services.py). Of one with several web processes, all
origins, comma-separated. What is for operators is not forwarded, and a feed only by its service's
name, where the token of services opens nothing. A path is judged and forwarded as the service will
read it, so no other spelling of one leads past the judgement; and nothing of one visitor's is kept
for the next.
"""

import argparse
import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from random import sample

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from deploy.local.ports import LOOPBACK
from deploy.services import found, pattern_of
from shared.http.quiet import QuietServer

NOT_FORWARDED = ("/metrics/", "/readyz/")
FEEDS = "/events"
# They say something of one connection only, so they end here.
HOP_BY_HOP = {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
SET_HERE = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded"}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# A service that is started again is back within this time; its visitors wait instead of seeing an
# error.
PATIENCE = 10.0
# Whoever sends a request on a kept connection must be the one to close it first, or it may be lost
# half-way: below what the services linger for (shared.http.serving), above what browsers keep.
KEEP_UPSTREAM, KEEP_VISITOR = 1.0, 75
REPEATABLE = ("GET", "HEAD", "OPTIONS")


class Upstreams:
    """Which origins answer a path. `origins` are each service's, comma-separated."""

    def __init__(self, origins: Mapping[str, str]) -> None:
        rules = [
            (re.compile(pattern_of(path)), service.name)
            for service in found()
            if service.name in origins
            for path in service.answers
        ]
        # The longest first: "/" is whoever's has everything else.
        self._rules = sorted(rules, key=lambda rule: -len(rule[0].pattern))
        self._origins = {name: origin.split(",") for name, origin in origins.items()}
        self.home = next((service.name for service in found() if "/" in service.web), "")

    def of(self, path: str) -> list[str]:
        whose = (name for pattern, name in self._rules if pattern.match(f"{path}/"))
        return self._origins.get(next(whose, ""), [])


def create_front(upstreams: Upstreams) -> Starlette:
    # A transport, not a client: a client has a cookie jar, and one jar for everybody signs
    # strangers in as whoever came before them.
    onward = httpx.AsyncHTTPTransport(
        limits=httpx.Limits(
            max_connections=None, max_keepalive_connections=50, keepalive_expiry=KEEP_UPSTREAM
        ),
        trust_env=False,
    )
    # A service closes its connection after an error, perhaps as the next request is on its way:
    # what may not be sent twice has a connection of its own.
    afresh = httpx.AsyncHTTPTransport(
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0), trust_env=False
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with onward, afresh:
            yield

    async def forward(request: Request) -> Response:
        # Decoded once, as the service does it; `request.url` also holds what the Host header says.
        path: str = request.scope["path"]
        if path == FEEDS:
            request.scope["raw_path"] = f"{FEEDS}/{upstreams.home}".encode()
        origins = upstreams.of(path)
        if f"{path}/".startswith(NOT_FORWARDED) or not origins:
            return _problem(404, "Not found")
        try:
            way = onward if request.method in REPEATABLE else afresh
            answer = await _send(way, request, origins)
        except ClientDisconnect:
            return Response(status_code=499)
        except httpx.TransportError:
            return _problem(502, "This part of Emarge does not answer; please try again")
        response = StreamingResponse(_body(answer), answer.status_code)
        response.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if _passes(name)
        ]
        return response

    return Starlette(routes=[Route("/{path:path}", forward, methods=METHODS)], lifespan=lifespan)


async def _send(
    onward: httpx.AsyncHTTPTransport, request: Request, origins: list[str]
) -> httpx.Response:
    """Forward it; again only when nobody listened or nothing can have come of it."""
    deadline = time.monotonic() + PATIENCE
    has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
    while True:
        for origin in sample(origins, len(origins)):
            forwarded = httpx.Request(
                request.method,
                origin,
                headers=_headers(request),
                content=request.stream() if has_body else None,
                # As it came: a URL made of it would lose its dots, and be another one.
                extensions={"target": _target(request), "timeout": {"connect": PATIENCE}},
            )
            try:
                return await onward.handle_async_request(forwarded)
            except httpx.TransportError as error:
                lost = isinstance(error, httpx.ConnectError) or (
                    request.method in REPEATABLE and not has_body
                )
                if not lost or time.monotonic() > deadline:
                    raise
        await asyncio.sleep(0.1)


async def _body(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()  # also when the visitor of an endless stream has left


def _target(request: Request) -> bytes:
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return path + b"?" + query if query else path


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    kept = [
        (name, value)
        for name, value in request.headers.raw
        if _passes(name) and name not in SET_HERE
    ]
    visitor = request.client.host if request.client else LOOPBACK
    return [
        *kept,
        (b"x-forwarded-for", visitor.encode()),
        (b"x-forwarded-proto", request.url.scheme.encode()),
        (b"x-forwarded-host", request.headers.get("host", "").encode()),
    ]


def _passes(name: bytes) -> bool:
    return name.lower() not in HOP_BY_HOP


def _problem(status: int, title: str) -> Response:
    body = {"type": "about:blank", "title": title, "status": status}
    return JSONResponse(body, status, media_type="application/problem+json")


def main() -> None:
    parser = argparse.ArgumentParser(description="All of Emarge under one origin.")
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("origins", nargs="+", metavar="SERVICE=ORIGINS", help="of its web")
    arguments = parser.parse_args()
    upstreams = Upstreams(dict(each.split("=", 1) for each in arguments.origins))
    config = uvicorn.Config(
        create_front(upstreams),
        host=arguments.host,
        port=arguments.port,
        log_level="warning",
        proxy_headers=False,  # we are the first: what a visitor says of itself is not believed
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_VISITOR,
        timeout_graceful_shutdown=2,
    )
    QuietServer(config).run()


if __name__ == "__main__":
    main()
