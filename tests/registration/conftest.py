"""A registration desk on a fresh database, and a day to register for."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr

from services.registration.access.tokens import NewToken, TokenRole, create_token
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
from tests.registration.days import IN_THREE_WEEKS, programme_text
from tests.system.serving import serving


@pytest.fixture
def desk(database: Database) -> Desk:
    links = Links("http://localhost:8000", [SecretStr("a-secret-for-tests-only")])
    return Desk(database, Programmes(database), links, EventLog("registration"))


Open = Callable[..., Conference]


@pytest.fixture
def open_day(desk: Desk) -> Open:
    """Import the day with workshops of these capacities; again updates it."""

    def open_(*capacities: int, on: date = IN_THREE_WEEKS) -> Conference:
        return import_programme(desk, parse_programme(programme_text(*capacities), on=on))

    return open_


@pytest.fixture
def at(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """Make it that time on the day, on the clocks of its place; the moment."""

    def at_(hour: float) -> datetime:
        day = desk.programmes.fresh("day")
        midnight = datetime.combine(day.date, datetime.min.time(), day.zone)
        moment = midnight + timedelta(hours=hour)
        monkeypatch.setattr("shared.base.clock.epoch_seconds", moment.timestamp)
        return moment

    return at_


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
    """The web process, really served."""
    app = application(settings, database)
    with serving(app) as client:
        client.timeout = httpx.Timeout(60)
        yield client
        for leave in app.state.leaving:
            leave()


@pytest.fixture
def as_role(desk: Desk) -> Callable[[TokenRole], dict[str, str]]:
    """The header of someone with a token of that role."""

    made: Counter[TokenRole] = Counter()

    def headers(role: TokenRole) -> dict[str, str]:
        made[role] += 1
        name = role if made[role] == 1 else f"{role} {made[role]}"
        return {"Authorization": f"Bearer {create_token(desk, NewToken(name, role))}"}

    return headers
