"""Alive and ready are two things: what is not alive is started anew, what is not ready waits."""

import subprocess
import sys
import threading
from collections.abc import Callable

import httpx
from sqlalchemy import insert

from deploy.local.ports import LOOPBACK, free_ports
from shared.base.database import Database
from shared.bus.intake import FeedCursor
from shared.bus.nudge import Bell
from shared.process.intake_process import IntakeProcess
from shared.testing import MemoryQueue, eventually
from tests.shared.conftest import ROOT, Inbox
from tests.shared.sample import ThingHappened

Start = Callable[..., subprocess.Popen]

PATIENCE = 60.0


def answer(port: int, path: str) -> tuple[int, str]:
    """Status and words; 0 while nothing answers."""
    try:
        got = httpx.get(f"http://{LOOPBACK}:{port}{path}", timeout=5, trust_env=False)
    except httpx.TransportError as error:
        return 0, str(error)
    return got.status_code, got.text


def test_an_intake_whose_feed_has_stopped_is_alive_and_says_what_it_waits_for(
    inbox: Inbox, start: Start
) -> None:
    reason = "the log of registration is another one than before"
    with inbox.database.begin() as connection:
        connection.execute(
            insert(FeedCursor),
            {"source": "registration", "position": 0, "head": 0, "alarm": reason},
        )
    (port,) = free_ports(1)
    feeds = f"registration=http://{LOOPBACK}:{port}"
    start("intake", EMARGE_METRICS_PORT=str(port), EMARGE_FEEDS=feeds)
    eventually(lambda: answer(port, "/readyz")[0] == 503, timeout=PATIENCE)
    assert answer(port, "/readyz")[1].strip() == reason
    assert answer(port, "/healthz") == (200, "ok\n")
    figures = answer(port, "/metrics")[1]
    assert 'emarge_feed_stopped{feed="registration",service="sample"} 1.0' in figures
    assert "emarge_healthy 1.0" in figures


def test_an_intake_reads_its_own_log_without_its_web_process(
    inbox: Inbox, publish: Callable[..., None], start: Start
) -> None:
    (port,) = free_ports(1)  # nothing listens there
    start("intake", EMARGE_FEEDS=f"sample=http://{LOOPBACK}:{port}")
    publish(ThingHappened(name="a"))
    eventually(lambda: len(inbox.jobs()) == 1, timeout=PATIENCE)


def test_an_intake_without_its_database_is_alive_and_ready_again_with_it(
    inbox: Inbox, redis_url: str
) -> None:
    away = f"postgresql+psycopg://nobody@{LOOPBACK}:{free_ports(1)[0]}/nowhere"
    intake = IntakeProcess(Database.open(away), {}, {}, MemoryQueue(), service="sample")
    stop = threading.Event()
    with Bell(redis_url, []) as bell:
        turning = threading.Thread(target=intake.run, args=(bell, stop))
        turning.start()
        try:
            eventually(lambda: intake.wrong() == "the database does not answer")
            assert intake.pulse.wrong() is None
            intake.database = inbox.database
            eventually(lambda: intake.wrong() is None)
        finally:
            stop.set()
            turning.join()


def test_a_process_whose_loop_is_blocked_ends_itself() -> None:
    blocked = (
        "import time; from shared import pulse; pulse.BEAT, pulse.HOPELESS = 0.05, 0.2;"
        "pulse.Pulse().watch(); time.sleep(3600)"
    )
    done = subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, timeout=PATIENCE, check=False)
    assert done.returncode == 1
