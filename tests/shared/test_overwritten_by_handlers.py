"""Who is erased is out of SQLite's files too, when a handler has only overwritten them."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url, update

from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus.feed import LogFeed
from shared.bus.intake import pull
from shared.events import Event
from shared.events.registration import AttendeeErased, RegistrationConfirmed
from shared.process.service import Job, Service
from shared.testing import drain
from tests.shared.conftest import Inbox
from tests.shared.sample import Effect
from tests.shared.someone import ERASED, confirmed, registration, tell

keeping: Service[Database] = Service(
    "sample", settings=Settings, resources=lambda _settings, database: database
)


@keeping.on(RegistrationConfirmed)
def keep(event: Event[RegistrationConfirmed], job: Job, database: Database) -> None:
    with database.begin() as connection:
        row = {"number": 1, "name": event.data.person.last_name, "tries": 1, "forced": False}
        connection.execute(insert(Effect).values(row))
        job.complete(connection)


@keeping.on(AttendeeErased)
def forget(_event: Event[AttendeeErased], job: Job, database: Database) -> None:
    with database.begin() as connection:
        connection.execute(update(Effect).values(name=""))
        job.complete(connection)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """PostgreSQL does it in its own time, when it vacuums."""
    return sqlite_url


def found(database: Database) -> list[str]:
    """The files of a database that hold the name."""
    file = Path(make_url(str(database.engine.url)).database or "")
    return [
        each.name for each in file.parent.glob(f"{file.name}*") if b"Lovelace" in each.read_bytes()
    ]


class Died(Exception):
    """What ends a worker here."""


@pytest.mark.parametrize("dies", [False, True])
def test_what_a_handler_overwrites_is_nowhere_in_the_files(
    inbox: Inbox, publisher: Database, monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    """Once its job is done: also when its worker does nothing more."""
    tell(publisher, registration, confirmed())
    pull(inbox.database, "registration", LogFeed(publisher), keeping.lanes)
    assert drain(keeping, inbox.database, inbox.database) == 1
    assert found(inbox.database)
    tell(publisher, registration, ERASED)
    pull(inbox.database, "registration", LogFeed(publisher), keeping.lanes)
    if dies:

        def last(*_: object) -> None:
            raise Died

        subscription = keeping.subscriptions[AttendeeErased.type, 1]
        monkeypatch.setitem(
            keeping.subscriptions,
            (AttendeeErased.type, 1),
            replace(subscription, handler=lambda *given: last(forget(*given))),
        )
    assert drain(keeping, inbox.database, inbox.database) == 1
    assert inbox.jobs()[-1].state == "done"
    assert found(inbox.database) == []
