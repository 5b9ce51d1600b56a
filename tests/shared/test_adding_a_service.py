"""The page on adding a service is true: it shows what the command writes, and that is run."""

import json
import os
import re
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus.eventlog import EventLog
from shared.events.registration import (
    AttendeeErased,
    Conference,
    Person,
    Place,
    RegistrationCancelled,
    RegistrationConfirmed,
)
from shared.http.application import create_app
from shared.new_service import Wanted, area_of, files
from shared.testing import eventually
from tests.shared.conftest import ROOT, TOKEN
from tests.system.serving import serving

PAGE = ROOT / "docs" / "adding-a-service.md"
STEP = re.compile(r"(?:\*\*|: )`(?P<file>[\w/.]+)`\*\*.*?```\w+\n(?P<code>.*?)\n *```", re.DOTALL)
NOON = datetime(2019, 11, 7, 12, tzinfo=UTC)


PLAIN = files(Wanted("badges"))
FULL = files(Wanted("badges", area_of(ROOT, "badges"), publishes=True))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with `shared` and this service, as in its image."""
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    tests = [
        f"tests/{name}" for name in ("conftest.py", "another_hour.py", "loopback", "scratch.py")
    ]
    for kept in ("shared", "deploy", "pyproject.toml", *tests):
        (root / kept).symlink_to(ROOT / kept)
    for name, code in PLAIN.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(code)
    return root


def run(project: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_page_shows_what_the_command_writes() -> None:
    shown = {found["file"]: textwrap.dedent(found["code"]) for found in STEP.finditer(_page())}
    assert len(shown) == 7
    wanted = {name: PLAIN.get(name, FULL.get(name, "")).rstrip() for name in shown}
    assert shown == wanted


def test_the_page_names_every_file() -> None:
    assert [name for name in FULL if name not in _page() and "test_page_of" not in name] == []


def test_it_touches_only_its_own_folders() -> None:
    own = ("services/badges/", "tests/badges/", "shared/events/badges.py")
    assert all(name.startswith(own) for name in FULL)
    assert not any((ROOT / name).exists() for name in FULL)


def test_its_own_tests_pass(project: Path) -> None:
    tested = run(project, "pytest", "tests/badges", "-p", "no:cacheprovider")
    assert tested.returncode == 0, tested.stdout
    assert "2 passed" in tested.stdout  # on SQLite and on PostgreSQL


def test_it_does_all_that_ever_happened_first(
    project: Path, publisher: Database, redis_url: str, tmp_path: Path
) -> None:
    log = EventLog("registration")
    with publisher.begin() as connection:
        for number, name in enumerate(["Zoé", "Ada", "Lin"], start=1):
            place = _place(number, name, RegistrationConfirmed, 1, "confirmed")
            log.append(connection, place, subject=place.registration_id)
        cancelled = _place(2, "Ada", RegistrationCancelled, 2, "cancelled")
        log.append(connection, cancelled, subject="r-2")

    settings = Settings(service="registration", service_token=(SecretStr(TOKEN),))
    with serving(create_app(settings, publisher, title="P", publishes=True)) as client:
        environment = {
            "EMARGE_HOME": str(tmp_path / "home"),
            "EMARGE_FEEDS": f"registration={client.base_url}",
            "EMARGE_SERVICE_TOKEN": TOKEN,
            "EMARGE_BROKER_URL": redis_url,
            "EMARGE_REDIS_URL": redis_url,
        }
        migrated = run(project, "services.badges", "migrate", **environment)
        assert migrated.returncode == 0, migrated.stderr
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "services.badges", command],
                cwd=project,
                env={**os.environ, **environment},
                stderr=subprocess.DEVNULL,
            )
            for command in ("intake", "worker")
        ]
        database = Database.open(f"sqlite:///{tmp_path}/home/badges.db")
        try:
            eventually(lambda: len(_done(database)) == 4, timeout=60)
            assert "lin@example.org" in _inbox(database)
            with publisher.begin() as connection:
                erased = AttendeeErased(registration_id="r-3", erased_at=NOON)
                log.append(connection, erased, subject="r-3")
            eventually(lambda: len(_done(database)) == 5, timeout=60)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=60)
        status = run(project, "services.badges", "status", "--json", **environment)

    with database.read() as connection:
        badges = connection.execute(text("SELECT name, status FROM badge ORDER BY registration_id"))
        assert badges.all() == [
            ("Zoé Martin", "confirmed"),
            ("Ada Martin", "cancelled"),
            ("", "erased"),
        ]
    kept = _inbox(database)
    assert "ada@example.org" in kept
    assert [word for word in ("Lin", "lin@", "/r/secret-3") if word in kept] == []
    database.close()
    assert json.loads(status.stdout)["trouble"] == []


def _page() -> str:
    return PAGE.read_text().partition("8. **Run it**")[0]


def _done(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(text("SELECT id FROM job WHERE state = 'done'")))


def _inbox(database: Database) -> str:
    with database.read() as connection:
        return str([tuple(row) for row in connection.execute(text("SELECT * FROM job"))])


def _place(number: int, name: str, kind: type[Place], revision: int, status: str) -> Place:
    return kind(
        registration_id=f"r-{number}",
        code=f"CODE{number}",
        revision=revision,
        status=status,
        person=Person(first_name=name, last_name="Martin", email=f"{name.lower()}@example.org"),
        conference=Conference(
            slug="day",
            title="The day",
            organiser="Alliance Villes Emploi",
            venue="La Sorbonne",
            city="Paris",
            timezone="Europe/Paris",
            starts_at=NOON,
            ends_at=NOON,
            url="https://example.org/c/day",
            contact_email="contact@example.org",
        ),
        seats=(),
        manage_url=f"https://example.org/r/secret-{number}",
    )
