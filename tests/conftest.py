"""The real things that tests run against, each started once, when a test first asks for it."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

from deploy.local.postgres import PrivatePostgres
from deploy.local.redis import PrivateRedis
from shared.base.database import Database
from shared.base.redis_url import connect
from shared.bus.migrations import migrate
from shared.http import for_everybody
from shared.watching.logs import TRACEBACKS
from tests.another_hour import be_later
from tests.loopback import sitecustomize
from tests.scratch import use_memory

if TYPE_CHECKING:
    from deploy.local.smtp_sink import SmtpSink

gc.disable()  # until all tests are found: they stay

TESTS = Path(__file__).parent
SERVICES = TESTS.parent / "services"
# Importing it has closed the network here; this closes it in the processes that tests start.
_paths = [str(Path(sitecustomize.__file__).parent), os.environ.get("PYTHONPATH")]
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, _paths))
use_memory()
# Whoever wants no bytecode kept has not thought of a thousand processes that compile everything.
os.environ["PYTHONDONTWRITEBYTECODE"] = ""
sys.dont_write_bytecode = False

try:
    from hypothesis import HealthCheck, settings
except ModuleNotFoundError:
    pass  # a service's own tests pass with its own dependencies alone
else:
    # Everybody's run finds what the last one found, however slow the machine; one at night, with
    # the option --hypothesis-profile=nightly, looks further.
    _slow = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("day", _slow, derandomize=True)
    settings.register_profile("nightly", _slow, max_examples=2000)
    settings.load_profile("day")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--hours-later", type=float, default=0, help="the hour that it is for tests")


def pytest_configure(config: pytest.Config) -> None:
    be_later(config.getoption("hours_later"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first: of two processes, none is left with them at the end."""
    items.sort(key=lambda item: not item.path.is_relative_to(TESTS / "system"))


def pytest_collection_finish() -> None:
    """What was imported stays: no collection need look at it again, as none did until now."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _logs() -> None:
    """As our processes tell errors: structlog by itself takes seconds to print every variable. For
    each test, since a command that one has run in this process told them its own way, elsewhere."""
    structlog.reset_defaults()  # `configure` leaves alone what it is not told: where lines go
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            TRACEBACKS,
            structlog.dev.ConsoleRenderer(colors=False),
        ]
    )


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests change things beside the web process, and look at once: not within a second."""
    monkeypatch.setattr(for_everybody, "LIFETIME", 0.0)


@pytest.fixture(scope="session")
def _redis() -> Iterator[PrivateRedis]:
    with PrivateRedis() as redis:
        yield redis


@pytest.fixture
def redis_url(_redis: PrivateRedis) -> str:
    """A Redis with nothing in it. To kill or restart one, start a PrivateRedis of your own."""
    with connect(_redis.url) as client:
        client.flushall()
    return _redis.url


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """The cluster that all tests share. To crash one, start a PrivatePostgres of your own."""
    with PrivatePostgres() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _names() -> Iterator[str]:
    return (f"test_{number}" for number in count(1))


@pytest.fixture
def migrated_service(request: pytest.FixtureRequest) -> str:
    """Whose tables the test's database has: in tests/NAME/ those of service NAME, or the spine's.

    Override it where another's are wanted.
    """
    area = request.path.relative_to(TESTS).parts[0]
    return area if (SERVICES / area).is_dir() else ""


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("templates")

    def template(service: str) -> Path:
        path = folder / f"{service or 'spine'}.db"
        if not path.exists():
            _migrate(f"sqlite:///{path}", service)
        return path

    return template


@pytest.fixture(scope="session")
def _postgres_template(request: pytest.FixtureRequest) -> Callable[[str], str]:
    made: set[str] = set()

    def template(service: str) -> str:
        cluster = request.getfixturevalue("postgres")
        name = f"template_{service or 'spine'}"
        if name not in made:
            _migrate(cluster.create_database(name), service)
            made.add(name)
        return name

    return template


@pytest.fixture
def sqlite_url(
    migrated_service: str, _sqlite_template: Callable[[str], Path], tmp_path: Path
) -> str:
    """A fresh SQLite database with the tables of the tested service."""
    path = tmp_path / "fresh.db"
    shutil.copy(_sqlite_template(migrated_service), path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(
    postgres: PrivatePostgres,
    migrated_service: str,
    _postgres_template: Callable[[str], str],
    _names: Iterator[str],
) -> Iterator[str]:
    """A fresh PostgreSQL database with the tables of the tested service."""
    name = next(_names)
    yield postgres.create_database(name, template=_postgres_template(migrated_service))
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with the tables of the tested service, on each database that we support."""
    url: str = request.getfixturevalue(
        "sqlite_url" if request.param == "sqlite" else "postgres_url"
    )
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, open."""
    opened = Database.open(database_url)
    yield opened
    opened.close()


@pytest.fixture
def smtp_sink(tmp_path: Path) -> Iterator["SmtpSink"]:
    """A mail server: `.url`, `.mailbox.messages()`, and `.misbehaviour` to make it fail."""
    # Most tests send no email; a service without SMTP is tested without aiosmtpd installed.
    from deploy.local.smtp_sink import running_sink

    with running_sink(tmp_path / "mails") as sink:
        yield sink


def _migrate(url: str, service: str) -> None:
    database = Database.open(url)
    migrate(database, SERVICES / service if service else None)
    database.close()
