"""People who register at the same moment, so that they are one group, in a given order."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import event, func, select, text

from services.registration.base import tables
from services.registration.base.consents import Consent
from services.registration.desk import Desk
from services.registration.programme.programmes import Programmes
from services.registration.seats.answers import Registered
from services.registration.seats.group_commit import GroupCommit
from services.registration.seats.registering import Application
from tests.registration.days import someone
from tests.registration.invariants import assert_consistent
from tests.registration.told import events

Outcome = Registered | BaseException


class Paused(Executor):
    """Does what it was given when it is told to, in that thread."""

    def __init__(self) -> None:
        self._calls: list[Callable[[], object]] = []

    def submit(self, call: Any, /, *arguments: Any, **named: Any) -> Any:
        self._calls.append(partial(call, *arguments, **named))
        return Future[None]()

    def go(self) -> None:
        while self._calls:
            self._calls.pop(0)()


def themselves(number: int, *sessions: str, **options: Any) -> Application:
    """The nth person, who registers for these sessions."""
    return someone(number, *sessions, **{"consent": Consent("en"), **options})


def together(desk: Desk, *applications: Application, slug: str = "day") -> list[Outcome]:
    """What each is told, of people who all waited when the writer came to them."""
    return asyncio.run(_together(desk, slug, applications))


async def _together(desk: Desk, slug: str, applications: tuple[Application, ...]) -> list[Outcome]:
    paused = Paused()
    group_commit = GroupCommit(desk, paused)
    tasks = [
        asyncio.create_task(group_commit.registered(slug, application))
        for application in applications
    ]
    await asyncio.sleep(0)  # each has joined the line, in this order
    await asyncio.to_thread(paused.go)
    return await asyncio.gather(*tasks, return_exceptions=True)


def outcomes_of(outcomes: list[Outcome]) -> list[str]:
    """By each its status, or the name of what was raised."""
    return [
        outcome.status if isinstance(outcome, Registered) else type(outcome).__name__
        for outcome in outcomes
    ]


@contextmanager
def counted_commits(desk: Desk):
    """How many transactions the block commits, in a list of one."""
    count = [0]

    def committed(_connection: object) -> None:
        count[0] += 1

    event.listen(desk.database.engine, "commit", committed)
    try:
        yield count
    finally:
        event.remove(desk.database.engine, "commit", committed)


def assert_all_is_right(desk: Desk, people: int) -> None:
    """So many are registered, each with one event, and no seat is counted twice."""
    with desk.database.read() as connection:
        assert_consistent(connection)
        count = select(func.count()).select_from(tables.Registration)
        assert connection.execute(count).scalar_one() == people
    subjects = [event["subject"] for event in events(desk) if event["subject"]]
    assert len(subjects) == len(set(subjects)) == people


def another_process(desk: Desk) -> Desk:
    """The same day, of which this one has seen nothing yet."""
    return replace(desk, programmes=Programmes(desk.database))


def waiting_for_a_lock(desk: Desk) -> list[int]:
    """The backends of this database that do."""
    with desk.database.read() as connection:
        found = text(
            "SELECT pid FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return list(connection.execute(found).scalars())
