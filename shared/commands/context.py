"""What a command works with, opened when it is first asked for."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared.base.database import Database
from shared.base.settings import Settings, load_settings
from shared.process.service import Service
from shared.watching.logs import configure_logs

if TYPE_CHECKING:
    from shared.process.queue import CeleryQueue


@dataclass
class Context:
    service: Service[Any]

    @cached_property
    def settings(self) -> Settings:
        return load_settings(self.service.settings, self.service.name)

    def start_logs(self, process: str) -> None:
        """The logs of a process that starts here."""
        configure_logs(self.settings, process)

    @cached_property
    def database(self) -> Database:
        return Database.open(self.settings.database_url)

    @cached_property
    def queue(self) -> "CeleryQueue":
        # Celery is only for those who ask for the queue: a web process never does.
        from shared.process.queue import CeleryQueue, celery_app

        return CeleryQueue(celery_app(self.settings), self.service.name)
