"""The registration desk: what every use case works with."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from services.registration.base.links import Links
from services.registration.base.organiser_pages import OrganiserPage
from services.registration.base.settings import RegistrationSettings
from services.registration.programme.programmes import Programmes
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.nudge import Nudge


@dataclass(frozen=True)
class Desk:
    database: Database
    programmes: Programmes
    links: Links
    log: EventLog
    close_after_hours: float = 1.0
    service_token: Sequence[SecretStr] = ()
    retention_months: int = 36
    notifications_url: str = ""
    bearer: str = ""  # shown to another service of which something is asked
    mail_beyond_ascii: bool = True
    organiser_pages: Sequence[OrganiserPage] = ()


def open_desk(settings: RegistrationSettings, database: Database) -> Desk:
    return Desk(
        database=database,
        programmes=Programmes(database),
        links=Links(settings.public_url, settings.secret_key),
        log=EventLog("registration", Nudge(settings.redis_url, "registration")),
        close_after_hours=settings.close_after_hours,
        service_token=settings.service_token,
        retention_months=settings.retention_months,
        notifications_url=settings.notifications_url,
        bearer=settings.keys.bearer,
        mail_beyond_ascii=settings.mail_beyond_ascii,
        organiser_pages=settings.organiser_pages,
    )
