"""The page on reading the feed from elsewhere is true: its readers read a real feed, are killed, go
on without a gap, and stop where it is another log."""

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, delete, update

from shared.base.clock import now
from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus import eventlog
from shared.bus.eventlog import EventLog
from shared.bus.logged import LoggedEvent, LogHead
from shared.events.registration import AttendeeErased
from shared.http.application import create_app
from shared.http.standing import TokenStanding
from shared.testing import eventually
from tests.shared.conftest import ROOT, TOKEN
from tests.shared.someone import confirmed
from tests.system.serving import serving

PAGE = (ROOT / "docs" / "reading-the-feed.md").read_text()
SUBSCRIBER = "emarge_of_a_subscriber"
Known = dict[str, TokenStanding]


class Program:
    """A reader of the page, as somebody would run it."""

    def __init__(self, command: list[str], feed: str, folder: Path) -> None:
        self.copy = folder / "copy"
        self._command = [*command, str(self.copy)]
        self._environment = {"FEED": feed, "TOKEN": SUBSCRIBER, "PATH": ""}
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command, env=self._environment, stderr=subprocess.PIPE, text=True
        )

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.communicate()

    def last_words(self) -> str:
        """Of one that stops by itself, as it must."""
        assert self.process is not None
        words = self.process.communicate(timeout=30)[1]
        assert self.process.returncode == 1
        return words

    def read(self) -> tuple[int, int]:
        """(position, number of events) in its copy."""
        if not self.copy.exists():
            return 0, 0
        if self.copy.read_bytes()[:1] == b"{":
            kept = json.loads(self.copy.read_text())
            return kept["position"], kept["events"]
        with closing(sqlite3.connect(self.copy)) as copy:
            try:
                [events] = copy.execute("SELECT count(*) FROM event").fetchone()
                position = copy.execute("SELECT position FROM cursor").fetchone()
            except sqlite3.OperationalError:  # it is about to make its tables
                return 0, 0
        return position[0] if position else 0, events


def code(language: str) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[-1]


@pytest.fixture
def known() -> Known:
    return {SUBSCRIBER: TokenStanding("subscriber")}


@pytest.fixture
def feed(publisher: Database, redis_url: str, known: Known) -> Iterator[str]:
    settings = Settings(
        service="registration", service_token=(SecretStr(TOKEN),), redis_url=redis_url
    )
    app = create_app(
        settings, publisher, title="Publisher", publishes=True, subscriptions=known.get
    )
    with serving(app) as client:
        yield f"{client.base_url}/events/registration"


@pytest.fixture(params=["python", "js"])
def reader(request: pytest.FixtureRequest, feed: str, tmp_path: Path) -> Iterator[Program]:
    file = tmp_path / ("reader.py" if request.param == "python" else "reader.mjs")
    runs = sys.executable if request.param == "python" else shutil.which("node")
    if runs is None:
        pytest.skip("there is no Node here")
    file.write_text(code(request.param))
    program = Program([runs, str(file)], feed, tmp_path)
    yield program
    program.kill()


@pytest.fixture
def append(publisher: Database) -> Callable[[int], None]:
    log = EventLog("registration")

    def some(number: int) -> None:
        with publisher.begin() as connection:
            for _ in range(number):
                log.append(connection, confirmed(), subject="r-1")

    return some


def test_killed_it_goes_on_without_a_gap_and_stops_at_another_log(
    reader: Program, append: Callable[[int], None], publisher: Database
) -> None:
    append(2500)
    reader.start()
    eventually(lambda: reader.read()[0], timeout=30)  # in the middle, or behind it
    reader.kill()
    append(700)
    reader.start()
    eventually(lambda: reader.read() == (3200, 3200), timeout=30)
    append(1)  # while it waits for news
    eventually(lambda: reader.read() == (3201, 3201))
    with publisher.begin() as connection:
        eventlog.new_epoch(connection)
    assert "this is not the log that was read to 3201" in reader.last_words()
    reader.start()
    assert "a person must look" in reader.last_words(), "nor does it go on by itself"
    assert reader.read() == (3201, 3201)


def test_it_stops_where_the_log_is_shorter(
    reader: Program, append: Callable[[int], None], publisher: Database
) -> None:
    append(5)
    reader.start()
    eventually(lambda: reader.read() == (5, 5), timeout=30)
    reader.kill()
    with publisher.begin() as connection:
        _cut_off(connection, 3)
    reader.start()
    assert "read to 5" in reader.last_words()


def test_it_stops_when_its_token_is_taken_back(
    reader: Program, append: Callable[[int], None], known: Known
) -> None:
    append(5)
    reader.start()
    eventually(lambda: reader.read() == (5, 5), timeout=30)
    known.clear()
    append(1)
    assert "the token opens nothing" in reader.last_words()
    assert reader.read() == (5, 5)


@pytest.mark.parametrize("reader", ["python"], indirect=True)
def test_whoever_is_erased_is_gone_from_its_copy(
    reader: Program, append: Callable[[int], None], publisher: Database
) -> None:
    append(2)
    reader.start()
    eventually(lambda: reader.read() == (2, 2), timeout=30)
    erased = AttendeeErased(registration_id="r-1", conference="day", erased_at=now())
    with publisher.begin() as connection:
        EventLog("registration").append(connection, erased, subject="r-1")
    eventually(lambda: reader.read() == (3, 3))
    with closing(sqlite3.connect(reader.copy)) as copy:
        kept = copy.execute("SELECT type, data IS NULL FROM event ORDER BY position").fetchall()
    assert kept == [("registration.confirmed", 1)] * 2 + [("attendee.erased", 0)]


def _cut_off(connection: Connection, after: int) -> None:
    """As of a backup of before."""
    connection.execute(delete(LoggedEvent).where(LoggedEvent.position > after))
    connection.execute(update(LogHead).values(position=after))
