"""A load that costs little itself: kept connections, prepared bytes, only the status parsed."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

BODILESS = (204, 304)


@dataclass(frozen=True)
class Address:
    host: str
    port: int


@dataclass(frozen=True)
class Answer:
    """`seconds` from the first byte sent to the last one read; `sent_at` on the wall clock."""

    status: int
    seconds: float
    sent_at: float


def post(path: str, body: object, host: str = "localhost", token: str = "") -> bytes:
    """A whole HTTP/1.1 request with a JSON body."""
    payload = json.dumps(body).encode()
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{bearer}Content-Type: application/json\r\n"
        f"Content-Length: {len(payload)}\r\n\r\n"
    ).encode() + payload


def get(path: str, host: str = "localhost", cookie: str = "", tag: str = "") -> bytes:
    """The same for a page, as a browser asks for it; `tag`: it has that one already."""
    own = f"Cookie: {cookie}\r\n" if cookie else ""
    known = f"If-None-Match: {tag}\r\n" if tag else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{own}{known}Accept-Language: fr\r\n"
        "Accept-Encoding: gzip\r\n\r\n"
    ).encode()


def fire(
    addresses: Sequence[Address], requests: Sequence[bytes], clients: int, rate: float | None = None
) -> list[Answer]:
    """Send every request over `clients` connections spread over the addresses.

    `rate` spaces them evenly, in requests a second; without it each client sends as soon as it can.
    """
    return asyncio.run(_fire(addresses, requests, clients, rate))


async def _fire(
    addresses: Sequence[Address], requests: Sequence[bytes], clients: int, rate: float | None
) -> list[Answer]:
    started = time.monotonic()
    schedule = iter(
        (started + index / rate if rate else 0.0, request) for index, request in enumerate(requests)
    )
    turns = cycle(addresses)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_client(next(turns), schedule)) for _ in range(clients)]
    return [answer for task in tasks for answer in task.result()]


async def _client(address: Address, schedule: Iterator[tuple[float, bytes]]) -> list[Answer]:
    reader, writer = await asyncio.open_connection(address.host, address.port)
    answers = []
    for due, request in schedule:
        delay = due - time.monotonic()
        if delay > 0:
            await asyncio.sleep(delay)
        sent_at, begun = time.time(), time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if int(head[9:12]) not in BODILESS:
            await reader.readexactly(_length(head))
        answers.append(Answer(int(head[9:12]), time.perf_counter() - begun, sent_at))
    writer.close()
    return answers


def _length(head: bytes) -> int:
    start = head.lower().index(b"content-length:") + len(b"content-length:")
    return int(head[start : head.index(b"\r\n", start)])
