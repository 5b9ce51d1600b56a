"""What the handlers work with, opened once per worker process."""

from dataclasses import dataclass, field
from pathlib import Path

from services.webhooks.base.sealing import Seals
from services.webhooks.base.settings import NAME, WebhooksSettings
from services.webhooks.transport.courier import Courier
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.bus.nudge import Nudge
from shared.words.language import Languages

CATALOGUES = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Resources:
    settings: WebhooksSettings
    database: Database
    seals: Seals
    log: EventLog
    words: Languages
    courier: Courier = field(default_factory=Courier)


def open_log(settings: WebhooksSettings) -> EventLog:
    return EventLog(NAME, Nudge(settings.redis_url, NAME))


def open_resources(settings: WebhooksSettings, database: Database) -> Resources:
    return Resources(
        settings,
        database,
        Seals(settings),
        open_log(settings),
        Languages.load(CATALOGUES),
    )
