"""A registration desk on a fresh database, and a day to register for."""

from collections.abc import Callable
from datetime import date

import pytest

from services.registration.desk import Desk
from services.registration.facts import Conference
from services.registration.importing import import_programme
from services.registration.links import Links
from services.registration.programme import parse_programme
from services.registration.programmes import Programmes
from shared.database import Database
from shared.eventlog import EventLog
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
