"""The organiser's table with 20,000 registrations: searched, filtered, sorted, on both databases.

The database is filled through the use case that the API calls; what is timed is the whole page, by
someone signed in, as its visitor waits for it.
"""

import statistics
import time

import httpx
from pydantic import SecretStr

from bench.report import Report
from bench.stage import SLUG, Stage
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import PrivatePostgres
from services.registration.base.links import Links
from services.registration.base.person import Person
from services.registration.desk import Desk
from services.registration.programme.programmes import Programmes
from services.registration.seats.registering import Application, register
from shared.base.database import Database
from shared.bus.eventlog import EventLog

PEOPLE = 20_000
ROUNDS = 60
QUERIES = {
    "a name, with its accents": "q=lefèvre+zoé",
    "part of an address": "q=.19999@",
    "nothing that is there": "q=nobody+has+this+name",
    "a workshop, by organisation": "session=atelier-3&order=organisation",
    "the last page, by name": "order=-name&page=400",
}
_FIRST = ("Zoé", "Łukasz", "Ana", "Marie-Hélène", "Søren", "Jürgen", "Nuño", "Đorđe", "Åsa", "Ali")
_LAST = ("Kowalczyk", "Dupont", "O’Brien", "García", "Ångström", "Çelik", "Nguyễn", "Lefèvre")
_WORK = ("Université de Lyon", "Mairie de Saint-Étienne", "CNRS", "Mission locale du Pays")


def run(report: Report) -> None:
    with PrivatePostgres() as postgres:
        for database in ("SQLite", "PostgreSQL"):
            create = postgres.create_database if database == "PostgreSQL" else None
            with Stage.open(database=create) as stage:
                _fill(stage)
                _measure(stage, report, database)


def _fill(stage: Stage) -> None:
    database = Database.open(stage.database_of("registration"))
    desk = Desk(
        database,
        Programmes(database),
        Links("http://localhost", [SecretStr("only-for-a-bench")]),
        EventLog("registration"),
    )
    for number in range(PEOPLE):
        person = Person.model_construct(
            first_name=_FIRST[number % 10],
            last_name=_LAST[number // 10 % 8],
            email=f"person.{number}@ville.example",
            organisation=_WORK[number % 4],
            job_title=None,
            locale="fr",
        )
        register(desk, SLUG, Application(person, (f"atelier-{number % 5 + 1}",)))
    database.close()


def _measure(stage: Stage, report: Report, database: str) -> None:
    [port] = stage.start_web(processes=1)
    origin = f"http://{LOOPBACK}:{port}"
    link = stage.stack.run("registration", "organiser", "invite", "bench@emarge.example")
    with httpx.Client(base_url=origin, trust_env=False, timeout=60) as browser:
        browser.headers["Origin"] = origin
        browser.post(httpx.URL(link.split()[-1]).path)  # answers with where to go
        for name, query in QUERIES.items():
            seconds = []
            for _ in range(ROUNDS):
                started = time.perf_counter()
                browser.get(f"/organiser/{SLUG}/registrations?{query}").raise_for_status()
                seconds.append(time.perf_counter() - started)
            median = statistics.median(seconds) * 1000
            report.bound(f"{database}: {name}", median, " ms", at_most=100)
