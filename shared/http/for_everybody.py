"""Answers that are the same for everybody are made once in a moment, however many ask.

A page of a day, its programme and headcounts are asked for by hundreds at the same time when a link
is sent round. A route that depends on `for_everybody` says that its answer is nobody's own; it is
then kept for `LIFETIME`, has an ETag, and whoever has it already gets a 304. Only those who come as
nobody share one: a cookie or a token goes past all this.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from fastapi import Depends, FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.base.clock import monotonic
from shared.watching.metrics import count_request

# Seconds. What a day says may change through another process or as time passes, and is to be right
# within one.
LIFETIME = 0.5
MOST = 500  # answers
LARGEST = 256 * 1024  # bytes of one

REVALIDATED = (
    "no-cache"  # what a browser is told: it asks each time, and is told that nothing changed
)

_MARK = "emarge.for_everybody"
_OWN = (b"authorization", b"cookie", b"range")
_ASKED_BY = (b"accept-language", b"accept-encoding", b"host")
_OF_A_BODY = ("content-length", "content-type", "content-encoding")
_GZIP_HEADER = 10  # bytes, with the time at which it was compressed

_Key = tuple[str, bytes, str, tuple[bytes, ...]]


def _mark(request: Request) -> None:
    request.scope[_MARK] = True


for_everybody = Depends(_mark)


def answer_once(app: FastAPI) -> None:
    """To be called last: what is kept is as it is sent, compressed and with every header."""
    app.add_middleware(AnsweredOnce)


@dataclass(frozen=True)
class _Kept:
    start: Message
    body: bytes
    tag: str
    route: str
    until: float  # on the clock of `monotonic`

    @property
    def is_fresh(self) -> bool:
        return monotonic() < self.until


class AnsweredOnce:
    """Keeps what was marked, and answers with it (ASGI)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._making: dict[_Key, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] != "GET":
            try:
                await self.app(scope, receive, send)
            finally:
                if scope["method"] != "HEAD":
                    self._kept.clear()  # who has changed something sees it at once
        else:
            headers = dict(scope["headers"])
            if any(name in headers for name in _OWN):
                await self.app(scope, receive, send)
            else:
                await self._answer(headers, scope, receive, send)

    async def _answer(
        self, headers: dict[bytes, bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        asked_at = monotonic()
        asked_by = tuple(headers.get(name, b"") for name in _ASKED_BY)
        key = (scope["path"], scope["query_string"], scope["scheme"], asked_by)
        kept = self._kept.get(key)
        making = self._making.get(key)
        if kept is not None and not kept.is_fresh and making is not None:
            # Once it was everybody's: whoever comes while it is made again waits for that one.
            await making.wait()
            kept = self._kept.get(key)
        if kept is not None and kept.is_fresh:
            self._kept.move_to_end(key)
            status = await _send(kept, headers, send)
            count_request("GET", kept.route, status, asked_at)
            return
        made = self._making[key] = asyncio.Event()
        try:
            await self.app(scope, receive, _Keeping(self, key, scope, headers, send, asked_at))
        finally:
            made.set()
            if self._making.get(key) is made:
                del self._making[key]

    def keep(self, key: _Key, kept: _Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)


class _Keeping:
    """Sends on what is somebody's own as it comes; what is everybody's when it is whole."""

    def __init__(
        self,
        answers: AnsweredOnce,
        key: _Key,
        scope: Scope,
        headers: dict[bytes, bytes],
        send: Send,
        asked_at: float,
    ) -> None:
        self._answers = answers
        self._key = key
        self._scope = scope
        self._headers = headers
        self._send = send
        self._until = asked_at + LIFETIME
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_for_everybody(self._scope, message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            await self._add(self._start, message)

    async def _add(self, start: Message, message: Message) -> None:
        self._body += message.get("body", b"")
        if len(self._body) > LARGEST:
            await self._send(start)
            await self._send({**message, "body": self._body})
            self._start = None
        elif not message.get("more_body"):
            kept = self._whole(start)
            self._answers.keep(self._key, kept)
            await _send(kept, self._headers, self._send)

    def _whole(self, start: Message) -> _Kept:
        headers = MutableHeaders(raw=[*start["headers"]])
        skipped = _GZIP_HEADER if headers.get("content-encoding") == "gzip" else 0
        digest = sha256(self._body[skipped:]).hexdigest()
        tag = headers.setdefault("etag", f'"{digest[:32]}"')
        return _Kept(
            {**start, "headers": headers.raw},
            self._body,
            tag,
            getattr(self._scope.get("route"), "path", "unknown"),
            self._until,
        )


def _is_for_everybody(scope: Scope, start: Message) -> bool:
    if _MARK not in scope or start["status"] != 200:
        return False
    return "set-cookie" not in MutableHeaders(raw=start["headers"])


async def _send(kept: _Kept, headers: dict[bytes, bytes], send: Send) -> int:
    """The status that it was sent with."""
    if kept.tag.encode() in headers.get(b"if-none-match", b""):
        left = [(n, v) for n, v in kept.start["headers"] if n.decode() not in _OF_A_BODY]
        await send({**kept.start, "status": 304, "headers": left})
        await send({"type": "http.response.body"})
        return 304
    await send(kept.start)
    await send({"type": "http.response.body", "body": kept.body})
    return 200
