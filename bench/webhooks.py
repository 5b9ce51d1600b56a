"""From an event in the feed to its webhook accepted, beside endpoints that never answer.

Of ENDPOINTS, each of a conference of its own, one in twenty hangs until it is given up. Events are
appended to registration's log at RATE a second, of one conference after the other; the real
processes of webhooks do the rest: web, intake, and WORKERS workers of one child each.
"""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from bench.report import Report
from bench.stage import Stage
from deploy.local.ports import LOOPBACK
from services.webhooks.base.changes import Actor
from services.webhooks.base.sealing import Seals
from services.webhooks.base.settings import WebhooksSettings
from services.webhooks.managing.endpoints import Endpoints
from services.webhooks.managing.wishes import Wish
from services.webhooks.resources import open_log
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.nudge import Nudge
from shared.events.registration import AttendanceRecorded
from shared.testing import eventually

ENDPOINTS = 1000
HANGING = 20  # one in so many
RATE = 50
WARM, COUNT = 100, 1500
WORKERS = 2
PATIENCE = 120.0
ALLOWED = "127.0.0.0/8"


def run(report: Report) -> None:
    with _receiving() as receiver, Stage.open() as stage:
        stage.start_web(processes=1)
        _make_endpoints(stage, receiver.port)
        stage.start_processes("webhooks-intake")
        stage.start_processes("webhooks-worker", WORKERS, EMARGE_WEBHOOK_ALLOW=ALLOWED)
        well = [number for number in range(ENDPOINTS) if not _hangs(number)]
        warm = _delays(receiver, _say(stage, well, WARM))  # every process has done its imports
        alone = _delays(receiver, _say(stage, well, COUNT))
        beside = _delays(receiver, _say(stage, range(ENDPOINTS), COUNT))
        sent = len(warm) + len(alone) + len(beside)
        report.figure("webhooks accepted", len(receiver.counts), of=sent)
        report.figure("median, all well", alone[len(alone) // 2] * 1000, " ms")
        report.figure("median, beside those that hang", beside[len(beside) // 2] * 1000, " ms")
        name = f"event → accepted, p99 at {RATE}/s, beside {ENDPOINTS // HANGING} that hang"
        report.bound(name, _p99(beside) * 1000, " ms", at_most=2000)
        report.ratio(
            "the same as a ratio",
            _p99(beside),
            _p99(alone),
            "all well",
            at_most=2,
            unit=" s",
        )
        report.figure("requests that hung", receiver.hung)
        twice = sum(count - 1 for count in receiver.counts.values())
        report.figure("webhooks that came more than once", twice)


def _delays(receiver: "_Receiver", said: dict[str, float]) -> list[float]:
    """Seconds until each was accepted, the shortest first."""
    eventually(lambda: said.keys() <= receiver.taken.keys(), timeout=PATIENCE, every=0.1)
    return sorted(receiver.taken[message] - moment for message, moment in said.items())


def _p99(delays: list[float]) -> float:
    return delays[int(len(delays) * 0.99)]


@dataclass
class _Receiver:
    """`taken`: when a message came first, by its id."""

    port: int = 0
    taken: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    hung: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        if "/hangs" in head.partition("\r\n")[0]:
            self.hung += 1
            await reader.read()  # until the other side gives up
        else:
            moment, message = time.time(), _header(head, "webhook-id")
            await reader.readexactly(int(_header(head, "content-length")))
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            self.taken.setdefault(message, moment)
            self.counts[message] = self.counts.get(message, 0) + 1
        writer.close()


def _header(head: str, name: str) -> str:
    return head.partition(f"\r\n{name}: ")[2].partition("\r\n")[0]


@contextmanager
def _receiving() -> Iterator[_Receiver]:
    receiver = _Receiver()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = asyncio.start_server(receiver.answer, LOOPBACK, 0, backlog=512)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result()
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _make_endpoints(stage: Stage, port: int) -> None:
    known = stage.stack.environment("webhooks")
    settings = WebhooksSettings(
        service="webhooks",
        service_token=known["EMARGE_SERVICE_TOKEN"],
        secret_key=known["EMARGE_SECRET_KEY"],
    )
    database = Database.open(stage.database_of("webhooks"))
    seals, log = Seals(settings), open_log(settings)
    for number in range(ENDPOINTS):
        url = f"http://{LOOPBACK}:{port}/{'hangs' if _hangs(number) else 'well'}"
        wish = Wish(url, (AttendanceRecorded.type,), contact="bench@emarge.example")
        Endpoints(database, seals, log, _slug(number)).create(wish, Actor("system"))
    database.close()


def _say(stage: Stage, numbers: Sequence[int], count: int) -> dict[str, float]:
    """Something of each of these endpoints in turn. When that was committed, by the message's id,
    of those that do not hang."""
    database = Database.open(stage.database_of("registration"))
    nudge = Nudge(stage.stack.environment("registration")["EMARGE_REDIS_URL"], "registration")
    log = EventLog("registration", nudge)
    started, said = time.monotonic(), {}
    for index in range(count):
        time.sleep(max(0.0, started + index / RATE - time.monotonic()))
        number = numbers[index % len(numbers)]
        registration_id = str(uuid4())
        came = AttendanceRecorded(
            registration_id=registration_id, conference=_slug(number), direction="in", at=now()
        )
        with database.begin() as connection:
            event = log.append(connection, came, subject=registration_id)
        if not _hangs(number):
            said[f"msg_{event.identity.hex}"] = time.time()
    database.close()
    return said


def _hangs(number: int) -> bool:
    return number % HANGING == 0


def _slug(number: int) -> str:
    return f"day-{number}"
