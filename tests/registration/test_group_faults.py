"""What goes wrong with a group costs nobody but whoever is to blame, and nobody is told what is not
so."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.exc import OperationalError

from deploy.local.ports import LOOPBACK, free_ports
from services.registration.base import tables
from services.registration.base.consents import Consent
from services.registration.base.person import Person, keys_of
from services.registration.base.refusals import AlreadyRegistered
from services.registration.desk import Desk
from services.registration.programme.programmes import lock_conference
from services.registration.seats import registering
from services.registration.seats.answers import Registered
from services.registration.seats.registering import Application
from shared.base.clock import now
from shared.base.database import Database
from shared.testing import eventually
from tests.registration.groups import (
    assert_all_is_right,
    counted_commits,
    outcomes_of,
    themselves,
    together,
    waiting_for_a_lock,
)

ROOT = Path(__file__).parents[2]
postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@contextmanager
def failing(desk: Desk, statement: str, error: Exception):
    """The first statement that begins so raises this instead."""
    left = [error]

    def before(_connection, _cursor, said, *_: object) -> None:
        if left and said.startswith(statement):
            raise left.pop()

    event.listen(desk.database.engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", before)
    assert not left


def test_what_cannot_be_written_fails_alone(desk: Desk, open_day) -> None:
    open_day(9)
    broken = Person.model_construct(
        first_name="\ud800", last_name="Half a sign", email="half@example.org", locale="en"
    )
    poison = Application(broken, ("a",), consent=Consent("en"))
    outcomes = together(desk, themselves(1, "a"), poison, themselves(2, "a", key="k"))
    assert outcomes_of(outcomes)[::2] == ["confirmed"] * 2
    assert isinstance(outcomes[1], UnicodeEncodeError)
    assert_all_is_right(desk, 2)


def test_two_who_draw_one_code(desk: Desk, open_day, monkeypatch) -> None:
    open_day(9)
    draws = iter(["AAAAA-AAAAA", "AAAAA-AAAAA", "AAAAA-AAAAC", "AAAAA-AAAAD"])
    monkeypatch.setattr(registering, "new_code", lambda *_: next(draws))
    outcomes = together(desk, themselves(1, "a"), themselves(2, "a"))
    assert outcomes_of(outcomes) == ["confirmed"] * 2
    assert_all_is_right(desk, 2)


def test_no_group_when_its_events_cannot_be_written(desk: Desk, open_day) -> None:
    open_day(9)
    with failing(desk, "INSERT INTO event", RuntimeError("the disk is full")):
        outcomes = together(desk, *(themselves(n, "a") for n in range(4)))
    assert outcomes_of(outcomes) == ["confirmed"] * 4  # each alone
    assert_all_is_right(desk, 4)


@pytest.mark.parametrize("statement", ["INSERT INTO registration", "INSERT INTO seat", "UPDATE"])
def test_a_deadlock_is_nobodys_answer(desk: Desk, open_day, statement) -> None:
    open_day(9)
    deadlock = OperationalError(None, None, psycopg.errors.DeadlockDetected("deadlock detected"))
    with failing(desk, statement, deadlock), counted_commits(desk) as commits:
        outcomes = together(desk, *(themselves(n, "a") for n in range(4)))
    assert outcomes_of(outcomes) == ["confirmed"] * 4
    assert commits == [4]
    assert_all_is_right(desk, 4)


@postgresql
def test_a_real_deadlock(desk: Desk, open_day) -> None:
    """The first of the group is written when another transaction has the second, and wants it."""
    conference = open_day(9)
    first, second = themselves(1, "a"), themselves(2, "a")

    # PostgreSQL looks once, so long after somebody began to wait: by then it must be a deadlock.
    def look_late(connection: psycopg.Connection, _record: object) -> None:
        connection.execute("SET SESSION deadlock_timeout = '3s'")
        connection.commit()

    desk.database.engine.dispose()
    event.listen(desk.database.engine, "connect", look_late)

    def row(application: Application) -> dict[str, object]:
        person = application.person
        keys = keys_of(person.email, person.first_name, person.last_name)
        return {
            "id": person.email,
            "code": person.email,
            "status": "confirmed",
            "conference_id": conference.id,
            "locale": "en",
            "created_at": now(),
            "first_name": "",
            "last_name": "",
            "email": person.email,
            **keys,
        }

    with ThreadPoolExecutor(1) as client:
        with desk.database.engine.connect() as other:
            other.execute(text("SET deadlock_timeout = '1min'"))  # the group is who gives up
            other.execute(insert(tables.Registration), row(second))
            group = client.submit(together, desk, first, second)
            eventually(lambda: waiting_for_a_lock(desk))
            other.execute(insert(tables.Registration), row(first))
            other.rollback()
        assert outcomes_of(group.result(30)) == ["confirmed"] * 2
    assert_all_is_right(desk, 2)


@postgresql
def test_a_connection_that_is_lost_is_told_to_each(desk: Desk, open_day) -> None:
    conference = open_day(9)
    people = [themselves(n, "a", key=f"k{n}") for n in range(4)]
    with ThreadPoolExecutor(1) as client, desk.database.begin() as connection:
        lock_conference(connection, conference.id)
        group = client.submit(together, desk, *people)
        [backend] = eventually(lambda: waiting_for_a_lock(desk))
        with desk.database.read() as other:
            other.execute(text(f"SELECT pg_terminate_backend({backend})"))
        assert outcomes_of(group.result(30)) == ["OperationalError"] * 4
    assert outcomes_of(together(desk, *people)) == ["confirmed"] * 4
    assert_all_is_right(desk, 4)


@sqlite
def test_a_file_that_stays_locked_is_told_to_each(desk: Desk, open_day, sqlite_url) -> None:
    open_day(9)
    people = [themselves(n, "a", key=f"k{n}") for n in range(4)]

    def soon(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 10")

    desk.database.engine.dispose()
    event.listen(desk.database.engine, "connect", soon)
    other = Database.open(sqlite_url)
    with other.begin():
        assert outcomes_of(together(desk, *people)) == ["OperationalError"] * 4
    other.close()
    assert outcomes_of(together(desk, *people)) == ["confirmed"] * 4
    assert_all_is_right(desk, 4)


def test_what_was_committed_when_the_connection_broke(desk: Desk, open_day, monkeypatch) -> None:
    """Nobody is told that somebody else has registered them: nobody knows."""
    open_day(9)
    dialect = desk.database.engine.dialect
    commit: Any = dialect.do_commit
    lost = dialect.loaded_dbapi.OperationalError("connection lost")
    people = [themselves(1, "a", key="k1"), themselves(2, "a")]
    with monkeypatch.context() as patched:

        def commit_and_lose(connection: object) -> None:
            commit(connection)
            raise lost

        patched.setattr(dialect, "do_commit", commit_and_lose)
        assert outcomes_of(together(desk, *people)) == ["OperationalError"] * 2
    keyed, other = together(desk, *people)
    assert isinstance(keyed, Registered)
    assert keyed.replayed
    assert isinstance(other, AlreadyRegistered)
    assert_all_is_right(desk, 2)


CRASHES = """
import os, sys
from dataclasses import replace
from pydantic import SecretStr
from services.registration.base.links import Links
from services.registration.desk import Desk
from services.registration.programme.programmes import Programmes
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from tests.registration.groups import (
    Paused,
    another_process,
    assert_all_is_right,
    counted_commits,
    outcomes_of,
    themselves,
    together,
)
database = Database.open(sys.argv[1])
links = Links("http://localhost", [SecretStr("a-secret-for-tests-only")])
log = EventLog("registration", lambda: os._exit(9))
together(
    Desk(database, Programmes(database), links, log),
    *(themselves(n, "a", key=f"k{n}") for n in range(4)),
)
"""


def test_a_crash_between_commit_and_answer(desk: Desk, open_day, database_url) -> None:
    """All is there, once, and whoever asks again is told so."""
    open_day(4)
    crashed = subprocess.run([sys.executable, "-c", CRASHES, database_url], cwd=ROOT, check=False)
    assert crashed.returncode == 9
    answers = together(desk, *(themselves(n, "a", key=f"k{n}") for n in range(4)))
    assert [isinstance(each, Registered) and each.replayed for each in answers] == [True] * 4
    assert_all_is_right(desk, 4)


def test_a_process_that_is_stopped_writes_whoever_waits(
    desk: Desk, open_day, database_url, redis_url, tmp_path
) -> None:
    open_day(20)
    [port] = free_ports(1)
    environment = {
        **os.environ,
        "EMARGE_DATABASE_URL": database_url,
        "EMARGE_REDIS_URL": redis_url,
        "EMARGE_BROKER_URL": redis_url,
        "EMARGE_SECRET_KEY": "a-secret-for-tests-only",
        "EMARGE_SERVICE_TOKEN": "a-token-between-services",
        "EMARGE_METRICS_PORT": "0",
    }
    command = [sys.executable, "-m", "services.registration", "web", "--port", str(port)]
    address = f"http://{LOOPBACK}:{port}"
    with (
        (tmp_path / "web.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as web,
        httpx.Client(base_url=address, timeout=30, trust_env=False) as client,
        ThreadPoolExecutor(12) as clients,
    ):
        try:
            eventually(lambda: _says(client, "/readyz"), timeout=60)
            with desk.database.begin() as connection:
                lock_conference(connection, desk.programmes.known("day").id)
                answers = [clients.submit(_post, client, number) for number in range(12)]
                eventually(lambda: "emarge_registrations_waiting 12.0" in _says(client, "/metrics"))
                web.send_signal(signal.SIGTERM)
                eventually(lambda: not _says(httpx, f"{address}/healthz"))
            assert [answer.result(30) for answer in answers] == [201] * 12
            assert web.wait(30) == -signal.SIGTERM  # uvicorn ends as it was told to
        finally:
            web.kill()
    with desk.database.read() as connection:
        count = select(func.count()).select_from(tables.Registration)
        assert connection.execute(count).scalar_one() == 12


def _says(client, path: str) -> str:
    try:
        return client.get(path).text
    except httpx.TransportError:
        return ""


def _post(client: httpx.Client, number: int) -> int:
    person = {"first_name": "Zoé", "last_name": "N’Diaye", "email": f"z{number}@example.org"}
    body = {**person, "sessions": ["a"], "consent": True}
    return client.post("/api/conferences/day/registrations", json=body).status_code
