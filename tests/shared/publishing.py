"""A feed over HTTP, its log, and who subscribes to it."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
from pydantic import SecretStr

from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus.eventlog import EventLog
from shared.bus.nudge import Nudge
from shared.events import Payload
from shared.events.registration import ConferenceDeleted
from shared.http.application import create_app
from shared.http.news import News
from shared.http.standing import TokenStanding
from shared.testing import eventually
from tests.shared.conftest import TOKEN
from tests.system.serving import serving

NAMED = "/events/registration"
ALL, OF_DAYS = "emarge_all", "emarge_of_some_days"
NOWHERE = "redis://127.0.0.1:1"

Known = dict[str, TokenStanding]


def of(conference: str) -> ConferenceDeleted:
    return ConferenceDeleted(conference=conference)


@contextmanager
def publishing(database: Database, redis_url: str = NOWHERE) -> Iterator["Publisher"]:
    settings = Settings(
        service="registration",
        service_token=(SecretStr(TOKEN),),
        redis_url=redis_url,
        public_url="https://emarge.example",
    )
    known: Known = {
        ALL: TokenStanding("subscriber"),
        OF_DAYS: TokenStanding("subscriber", "a", (), ("a", "b")),
    }
    app = create_app(settings, database, title="P", publishes=True, subscriptions=known.get)
    with serving(app) as client:
        publisher = Publisher(client, database, app, redis_url, known)
        yield publisher
        publisher.stop()
        eventually(lambda: not publisher.is_looking)  # whose connection would outlive the database


class Publisher:
    def __init__(
        self, client: httpx.Client, database: Database, app: Any, redis_url: str, known: Known
    ) -> None:
        self.client = client
        self.database = database
        self._news: News = app.state.leaving[-1].__self__
        self.log = EventLog("registration", Nudge(redis_url, "registration"))
        self.known = known
        self._others = ThreadPoolExecutor(100)

    @property
    def waiting(self) -> int:
        """How many it has let wait."""
        return int(self._news._waiting)  # noqa: SLF001  nobody else has a use for it

    @property
    def is_looking(self) -> bool:
        return self._news._thread is not None  # noqa: SLF001  the same

    def stop(self) -> None:
        """As the server does on SIGTERM, in its loop."""
        loop = self._news._loop  # noqa: SLF001  which is the server's
        if loop is not None:
            loop.call_soon_threadsafe(self._news.end)

    def append(self, *payloads: Payload) -> None:
        with self.database.begin() as connection:
            for payload in payloads:
                self.log.append(connection, payload, subject="r-1")

    def ask(self, token: str = ALL, path: str = NAMED, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.client.get(path, params=query, headers=headers)

    def page(self, token: str = ALL, **query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask(token, **query).raise_for_status().json()
        return answer

    def meanwhile(self, token: str = ALL, **query: Any) -> Future[httpx.Response]:
        """Somebody else asks, and is let wait."""
        return self._others.submit(self.ask, token, **query)
