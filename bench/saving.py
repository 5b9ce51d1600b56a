"""Saving a change of a programme with 10,000 people registered, on both databases.

Timed is the use case that the form, the import and the API call, whole: the rows, the version kept,
whom it concerns, what the other services are told, and the promotions that it might bring. Beside
it what an organiser is shown before saving: how many people would notice what.
"""

import statistics
import time
from collections.abc import Callable

import yaml
from pydantic import SecretStr

from bench.report import Report
from bench.stage import SLUG, WORKSHOPS, Stage, big_day, registration_body
from deploy.local.postgres import PrivatePostgres
from services.registration.base.links import Links
from services.registration.base.person import Person
from services.registration.desk import Desk
from services.registration.editing.plan import look_at
from services.registration.editing.saving import Saving, save_programme
from services.registration.programme.document import Programme, parse_programme
from services.registration.programme.programmes import Programmes
from services.registration.seats.registering import Application, register
from shared.base.database import Database
from shared.bus.eventlog import EventLog

PEOPLE = 10_000
SEATS = 1500  # of each workshop: a quarter of the people wait
ROUNDS = 15
LIMIT = 300  # ms


def run(report: Report) -> None:
    with PrivatePostgres(durable=True) as postgres:
        for name in ("SQLite", "PostgreSQL"):
            create = postgres.create_database if name == "PostgreSQL" else None
            with Stage.open(database=create, capacity=SEATS) as stage:
                database = Database.open(stage.database_of("registration"))
                try:
                    _measure(_filled(database), report, name)
                finally:
                    database.close()


def _filled(database: Database) -> Desk:
    desk = Desk(
        database,
        Programmes(database),
        Links("http://localhost", [SecretStr("only-for-a-bench")]),
        EventLog("registration"),
    )
    for number in range(PEOPLE):
        body = registration_body(number)
        person = Person.model_validate(body)
        register(desk, SLUG, Application(person, body["sessions"], waitlist=True))  # type: ignore[arg-type]  # a list of one slug
    return desk


def _measure(desk: Desk, report: Report, database: str) -> None:
    def save(round_: int, *, tell: bool = False, **moved: str) -> None:
        programme = _programme(round_, **moved)
        save_programme(desk, programme, Saving(tell=tell))

    def look(round_: int) -> None:
        look_at(desk, _programme(round_, venue="Ailleurs"), desk.programmes.fresh(SLUG))

    acts: dict[str, Callable[[int], None]] = {
        "a room, nobody told": lambda round_: save(round_, room="Salle"),
        f"a room, {PEOPLE // WORKSHOPS} people told": lambda r: save(r, room="Salle", tell=True),
        f"the venue, {PEOPLE} people told": lambda r: save(r, venue="Palais", tell=True),
        "a look before the venue moves": look,
    }
    for name, act in acts.items():
        seconds = []
        for round_ in range(ROUNDS):
            started = time.perf_counter()
            act(round_)
            seconds.append(time.perf_counter() - started)
        median = statistics.median(seconds) * 1000
        report.bound(f"{database}: {name}", median, " ms", at_most=LIMIT)


def _programme(round_: int, venue: str = "", room: str = "") -> Programme:
    """The big day, with a venue or the room of its first workshop moved to where it never was."""
    day = big_day(SEATS)
    if venue:
        day["venue"] = f"{venue} {round_}"
    if room:
        day["sessions"][0]["room"] = f"{room} {round_ + 100}"  # type: ignore[index]  # a list of sessions
    return parse_programme(yaml.safe_dump(day, allow_unicode=True))
