"""What a command works with, opened when it is first asked for."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import structlog

from shared.base.database import Database
from shared.base.settings import Settings, load_settings, misspelt
from shared.process.service import Service
from shared.watching.logs import configure_logs

if TYPE_CHECKING:
    from shared.process.queue import CeleryQueue


log = structlog.get_logger()


@dataclass
class Context:
    service: Service[Any]

    @cached_property
    def settings(self) -> Settings:
        return load_settings(self.service.settings, self.service.name)

    @property
    def migrating(self) -> str:
        """The command that gives the database this version's tables."""
        return f"python -m services.{self.service.name} migrate"

    def start_logs(self, process: str) -> None:
        """The logs of a process that starts here, and in them what may be wrong with its start."""
        configure_logs(self.settings, process)
        for name, meant in misspelt(self.service.settings).items():
            log.warning("setting not known", setting=name, meant=meant)

    @cached_property
    def database(self) -> Database:
        return Database.open(self.settings.database_url)

    @cached_property
    def queue(self) -> "CeleryQueue":
        # Celery is only for those who ask for the queue: a web process never does.
        from shared.process.queue import CeleryQueue, celery_app

        return CeleryQueue(celery_app(self.settings), self.service.name)
