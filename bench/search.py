"""Finding one of 20,000 people as a tired volunteer types: the first hit, and the server's time."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from pydantic import SecretStr

from bench.report import Report
from bench.stage import SLUG, Stage
from deploy.local.postgres import PrivatePostgres
from services.registration.base.links import Links
from services.registration.base.person import Person
from services.registration.desk import Desk
from services.registration.people.search import Found, find_people
from services.registration.programme.programmes import Programmes
from services.registration.seats.registering import Application, register
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from tests.shared.folding_cases import PEOPLE, SPELLINGS

EVERYBODY = 20_000
_FIRST = ("Ana", "Noël", "Kofi", "Mei", "Zoé", "Ali", "Åsa", "Nuño")
_LAST = ("Martin", "Bernard", "Petit", "Durand", "Moreau", "García", "Kowalczyk")
_WORK = ("Mairie de Saint-Denis", "CNRS", "Mission locale du Pays", "Université de Nantes")


def run(report: Report) -> None:
    with PrivatePostgres() as postgres:
        for name in ("SQLite", "PostgreSQL"):
            create = postgres.create_database if name == "PostgreSQL" else None
            with Stage.open(database=create) as stage:
                database = Database.open(stage.database_of("registration"))
                desk = Desk(
                    database,
                    Programmes(database),
                    Links("http://localhost", [SecretStr("only-for-a-bench")]),
                    EventLog("registration"),
                )
                _fill(desk)
                _measure(desk, report, name)
                database.close()


def _fill(desk: Desk) -> None:
    others = (
        {
            "first_name": _FIRST[number % len(_FIRST)],
            "last_name": f"{_LAST[number % len(_LAST)]}-{_LAST[number // 7 % len(_LAST)]}",
            "organisation": _WORK[number % len(_WORK)],
            "email": f"personne.{number}@ville.example",
        }
        for number in range(EVERYBODY - len(PEOPLE))
    )
    for person in (*PEOPLE, *others):
        fields: dict[str, Any] = {"job_title": None, "locale": "fr", **person}
        register(desk, SLUG, Application(Person.model_construct(**fields), ("atelier-1",)))


def _measure(desk: Desk, report: Report, database: str) -> None:
    conference = desk.programmes.fresh(SLUG)
    seconds, right = [], 0
    with desk.database.read() as connection:
        find: Callable[..., Found] = partial(find_people, connection, conference.id)
        find("warm")
        for typed, email in SPELLINGS:
            started = time.perf_counter()
            people = find(typed, by_address="@" in typed).people
            seconds.append(time.perf_counter() - started)
            right += (people[0].email if people else None) == email
    report.figure(f"{database}: first hits that are right", right, of=len(SPELLINGS))
    median = statistics.median(seconds) * 1000
    report.bound(f"{database}: a search, median", median, " ms", at_most=30)
    report.figure(f"{database}: the slowest", max(seconds) * 1000, " ms")
