"""What a command works with, opened when it is first asked for."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared.database import Database
from shared.queue import CeleryQueue, celery_app
from shared.service import Service
from shared.settings import Settings, load_settings


@dataclass
class Context:
    service: Service[Any]

    @cached_property
    def settings(self) -> Settings:
        return load_settings(self.service.settings, self.service.name)

    @cached_property
    def database(self) -> Database:
        return Database.open(self.settings.database_url)

    @cached_property
    def queue(self) -> CeleryQueue:
        return CeleryQueue(celery_app(self.settings), self.service.name)
