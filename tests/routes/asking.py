"""One request to an application, as the server would hand it over: the path as it was sent, and a
network that nobody else has, so that no limit of another request counts."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

PUBLIC_URL = "https://emarge.example"
HOST = PUBLIC_URL.removeprefix("https://")
PATIENCE = 30  # seconds for an answer to end
_networks = count(1)


@dataclass(frozen=True)
class Answer:
    """`body` is the first piece of one that would go on for ever."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")

    @property
    def cookie(self) -> str:
        """What it sets, as a browser sends it back."""
        return self.header("set-cookie").partition(";")[0]


async def ask(
    app: ASGIApp,
    method: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Answer:
    """`target` is a path and its query, percent-encoded."""
    path, _, query = target.partition("?")
    sent = {"host": HOST, "accept-language": "en", "content-length": str(len(body))}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (name.encode(), value.encode()) for name, value in {**sent, **(headers or {})}.items()
        ],
        "client": (f"2001:db8:{next(_networks):x}::1", 1),
        "server": (HOST, 443),
        "state": {},
    }
    return await asyncio.wait_for(_exchange(app, scope, body), PATIENCE)


async def _exchange(app: ASGIApp, scope: dict[str, Any], body: bytes) -> Answer:
    over = asyncio.Event()
    requests: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    started: Message = {}
    pieces: list[bytes] = []

    async def receive() -> Message:
        if requests:
            return requests.pop()
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
            return
        pieces.append(message.get("body", b""))
        endless = any(value.startswith(b"text/event-stream") for _, value in started["headers"])
        if endless or not message.get("more_body"):
            over.set()

    await app(scope, receive, send)
    headers = [(name.decode().lower(), value.decode()) for name, value in started["headers"]]
    return Answer(started["status"], headers, b"".join(pieces))
