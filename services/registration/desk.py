"""The registration desk: what every use case works with."""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.registration.people.links import Links
from services.registration.programme.programmes import Programmes
from services.registration.settings import RegistrationSettings
from shared.database import Database
from shared.eventlog import EventLog
from shared.nudge import Nudge


@dataclass(frozen=True)
class Desk:
    database: Database
    programmes: Programmes
    links: Links
    log: EventLog
    close_after_hours: float = 1.0


def open_desk(settings: RegistrationSettings, database: Database) -> Desk:
    return Desk(
        database=database,
        programmes=Programmes(database),
        links=Links(
            settings.public_url, [secret.get_secret_value() for secret in settings.secret_key]
        ),
        log=EventLog("registration", Nudge(settings.redis_url, "registration")),
        close_after_hours=settings.close_after_hours,
    )


def now() -> datetime:
    return datetime.now(UTC)
