"""100,000 events read by a subscriber in Node, the one in docs/reading-the-feed.md, from nothing.

Baseline: the same pages, asked for one after the other and thrown away. The log is filled directly,
with copies of one registration's event.
"""

import json
import os
import re
import shutil
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Row, insert, select

from bench.report import Report
from bench.stage import Stage, registration_body
from deploy.local.ports import LOOPBACK
from shared.base.database import Database
from shared.bus.logged import LoggedEvent
from shared.testing import eventually

EVENTS = 100_000
PAGE = Path(__file__).parents[1] / "docs" / "reading-the-feed.md"
FEED = "/events/registration"


def run(report: Report) -> None:
    with Stage.open() as stage:
        [port] = stage.start_web(processes=1)
        head = _fill(stage, port)
        made = stage.stack.run("registration", "token", "create", "bench", "--role", "subscriber")
        token = made.split()[-1]
        baseline = _thrown_away(port, token, head)
        taken, processor = _read_in_node(stage.stack.home, port, token, head)
    report.figure("processor time of the reader", processor, " s")
    report.bound(f"{EVENTS:,} events in Node", taken, " s", at_most=20)
    report.ratio("the same", taken, baseline, "pages thrown away unread", at_most=3, unit=" s")


def _fill(stage: Stage, port: int) -> int:
    """The position of the last event."""
    url = f"http://{LOOPBACK}:{port}{stage.registrations_path}"
    httpx.post(url, json=registration_body(1), trust_env=False).raise_for_status()
    database = Database.open(stage.database_of("registration"))
    confirmed = (
        select(*LoggedEvent.__table__.columns)
        .where(LoggedEvent.type == "registration.confirmed")
        .limit(1)
    )
    with database.begin() as connection:
        event = connection.execute(confirmed).one()
        for start in range(0, EVENTS, 1000):
            number = min(1000, EVENTS - start)
            connection.execute(insert(LoggedEvent), [_copy(event) for _ in range(number)])
    with database.read() as connection:
        count = len(connection.execute(select(LoggedEvent.number)).all())
    database.close()
    return count


def _copy(event: Row[Any]) -> dict[str, object]:
    identity, subject = str(uuid4()), str(uuid4())
    envelope = event.envelope.replace(event.id, identity).replace(str(event.subject), subject)
    named = {"id": identity, "type": event.type, "subject": subject, "time": event.time}
    return {**named, "envelope": envelope}


def _thrown_away(port: int, token: str, head: int) -> float:
    """Seconds. The first page of all gives the events their positions."""
    connection = HTTPConnection(LOOPBACK, port)
    headers = {"Authorization": f"Bearer {token}"}

    def page(after: int) -> bytes:
        connection.request("GET", f"{FEED}?after={after}&limit=1000", headers=headers)
        return connection.getresponse().read()

    if json.loads(page(0))["head"] != head:
        raise AssertionError("the feed is not as it was filled")
    started = time.perf_counter()
    for after in range(0, head, 1000):
        page(after)
    taken = time.perf_counter() - started
    connection.close()
    return taken


def _read_in_node(folder: Path, port: int, token: str, head: int) -> tuple[float, float]:
    """Seconds from its start until its file says that it has read all; and those of processor."""
    node = shutil.which("node")
    if node is None:
        raise AssertionError("this bench wants Node 18 or newer")
    program, kept = folder / "reader.mjs", folder / "counts.json"
    program.write_text(re.findall(r"```js\n(.*?)```", PAGE.read_text(), re.DOTALL)[-1])
    feed = f"http://{LOOPBACK}:{port}{FEED}"
    started = time.perf_counter()
    reader = subprocess.Popen(  # noqa: S603  the program is our own page's
        [node, str(program), str(kept)], env={**os.environ, "FEED": feed, "TOKEN": token}
    )
    try:
        eventually(lambda: _position(kept) == head, timeout=300, every=0.1)
        taken = time.perf_counter() - started
    finally:
        reader.kill()
        usage = os.wait4(reader.pid, 0)[2]
    return taken, usage.ru_utime + usage.ru_stime


def _position(kept: Path) -> int:
    if not kept.exists():
        return 0
    position: int = json.loads(kept.read_text())["position"]
    return position
