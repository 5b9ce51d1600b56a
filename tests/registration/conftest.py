"""A registration desk on a fresh database, and a day to register for."""

import threading
from collections.abc import Callable, Iterator
from datetime import date

import httpx
import pytest
import uvicorn

from services.registration.access.tokens import create_token
from services.registration.base.links import Links
from services.registration.base.settings import RegistrationSettings
from services.registration.desk import Desk
from services.registration.editing.saving import import_programme
from services.registration.programme.document import parse_programme
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import Programmes
from services.registration.web import application
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.testing import eventually
from tests.registration.days import IN_THREE_WEEKS, programme_text


@pytest.fixture
def desk(database: Database) -> Desk:
    links = Links("http://localhost:8000", ["a-secret-for-tests-only"])
    return Desk(database, Programmes(database), links, EventLog("registration"))


Open = Callable[..., Conference]


@pytest.fixture
def open_day(desk: Desk) -> Open:
    """Import the day with workshops of these capacities; again updates it."""

    def open_(*capacities: int, on: date = IN_THREE_WEEKS) -> Conference:
        return import_programme(desk, parse_programme(programme_text(*capacities), on=on))

    return open_


@pytest.fixture
def settings(redis_url: str, database_url: str) -> RegistrationSettings:
    return RegistrationSettings(
        service="registration",
        database_url=database_url,
        redis_url=redis_url,
        secret_key="a-secret-for-tests-only",
        service_token="a-token-between-services",
    )


@pytest.fixture
def api(settings: RegistrationSettings, database: Database) -> Iterator[httpx.Client]:
    """The web process, really served; what it logs stays out of the way."""
    app = application(settings, database)
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, name="web")
    thread.start()
    eventually(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=base_url, trust_env=False, timeout=60) as client:
        yield client
    for leave in app.state.leaving:
        leave()
    server.should_exit = True
    thread.join()


@pytest.fixture
def as_role(desk: Desk) -> Callable[[str], dict[str, str]]:
    """The header of someone with a token of that role."""

    def headers(role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {create_token(desk, role, role)}"}

    return headers
