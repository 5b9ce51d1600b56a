"""The service as a browser test finds it: really served, with the Journée nationale to come."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from playwright.sync_api import ViewportSize

from deploy.local.ports import free_ports
from services.registration.access.organisers import invite
from services.registration.access.tokens import NewToken, create_token
from services.registration.base.person import Person
from services.registration.base.settings import RegistrationSettings
from services.registration.day.headcounts import HeadcountBoard
from services.registration.desk import Desk, open_desk
from services.registration.editing.saving import import_programme
from services.registration.programme.document import load_programme, parse_programme
from services.registration.seats.registering import Application, register
from services.registration.web import application
from shared.base.clock import now
from shared.base.database import Database
from tests.registration.days import morning_zone
from tests.system.serving import serving

PROGRAMME = Path(__file__).parents[3] / "conferences" / "journee-nationale-2019.yaml"
SLUG = "journee-nationale-2019"
PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}


class Network:
    """What leads to the service: until it is cut, and again from when it is restored."""

    def __init__(self, app: FastAPI, port: int) -> None:
        self._app = app
        self._port = port
        self._served = ExitStack()

    def restore(self) -> None:
        self._served.enter_context(serving(self._app, self._port))

    def cut(self) -> None:
        self._served.close()


@dataclass(frozen=True)
class Place:
    """The service as it runs, and what only those who run it can do."""

    url: str
    desk: Desk
    board: HeadcountBoard
    network: Network

    def registered(self, number: int, *sessions: str) -> str:
        person = Person(
            first_name="Zoé", last_name=f"N’Diaye{number}", email=f"z{number}@example.org"
        )
        return register(
            self.desk, SLUG, Application(person, sessions, waitlist=True, by_staff=True)
        ).id

    def code_of(self, registration_id: str) -> str:
        with self.desk.database.read() as connection:
            query = "SELECT code FROM registration WHERE id = ?"
            return str(connection.exec_driver_sql(query, (registration_id,)).scalar_one())

    def organiser_link(self) -> str:
        return f"{self.url}/organiser/sign-in/{invite(self.desk, 'boss@example.org')}"

    def door_key(self) -> str:
        return create_token(self.desk, NewToken(f"door {uuid4()}", "staff"))

    def is_today(self) -> None:
        """It is between nine and ten there: the doors are open, the workshops still to come."""
        zone = morning_zone(now())
        programme = PROGRAMME.read_text(encoding="utf-8").replace("Europe/Paris", zone)
        today = now().astimezone(ZoneInfo(zone)).date()
        import_programme(self.desk, parse_programme(programme, on=today))


@contextmanager
def open_place(database_url: str, redis_url: str) -> Iterator[Place]:
    [port] = free_ports(1)
    settings = RegistrationSettings(
        service="registration",
        database_url=database_url,
        redis_url=redis_url,
        public_url=f"http://localhost:{port}",  # a passkey wants a name
        secret_key="a-secret-for-tests-only",
        service_token="a-token-between-services",
    )
    database = Database.open(database_url)
    desk = open_desk(settings, database)
    import_programme(desk, load_programme(PROGRAMME, on=now().date() + timedelta(days=365)))
    network = Network(application(settings, database), port)
    network.restore()
    yield Place(settings.public_url, desk, HeadcountBoard(redis_url, database), network)
    network.cut()
    database.close()
