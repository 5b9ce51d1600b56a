"""A feed, as its reader sees it: over HTTP, or straight from the log where that is one's own."""

from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from shared.base.clock import monotonic
from shared.base.database import Database
from shared.base.errors import FeedUnreachable
from shared.bus import eventlog

PATIENCE = 5.0  # seconds for a publisher that does not answer
KEPT = 2.0  # seconds for which an idle connection is used again; uvicorn keeps it for five


class Feed(Protocol):
    def page(self, after: int, limit: int) -> str:
        """The JSON of `GET /events`; raises FeedUnreachable when it cannot be had now."""


@runtime_checkable
class WaitingFeed(Feed, Protocol):
    def news(self, after: int, limit: int, wait: float) -> str:
        """The same, but a page without events comes only after so many seconds."""


class HttpFeed:
    """`GET /events` at a service's address, on one connection.

    With the standard library's client: it is asked every second for ever, mostly for nothing, and
    most of what that took was httpx.
    """

    def __init__(self, url: str, token: str) -> None:
        address = urlsplit(url)
        connection = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self._connection = connection(address.netloc, timeout=PATIENCE)
        self._path = f"{address.path}/events"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._used = monotonic()

    def page(self, after: int, limit: int) -> str:
        return self._get(f"after={after}&limit={limit}", PATIENCE)

    def news(self, after: int, limit: int, wait: float) -> str:
        return self._get(f"after={after}&limit={limit}&wait={wait:g}", PATIENCE + wait)

    def close(self) -> None:
        self._connection.close()

    def _get(self, query: str, patience: float) -> str:
        if monotonic() - self._used > KEPT:
            self.close()
        try:
            self._be_patient(patience)
            target = f"{self._path}?{query}"
            self._connection.request("GET", target, headers=self._headers)
            answer = self._connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, HTTPException) as error:
            self.close()
            raise FeedUnreachable(f"{type(error).__name__}: {error}") from error
        self._used = monotonic()
        if answer.status != HTTPStatus.OK:
            raise FeedUnreachable(f"it answered {answer.status} {answer.reason}")
        return text

    def _be_patient(self, seconds: float) -> None:
        self._connection.timeout = seconds  # of the next connection …
        if self._connection.sock is not None:
            self._connection.sock.settimeout(seconds)  # … and of the one there is


class LogFeed:
    """Straight from a log in a database that this process has open: its own service's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, after: int, limit: int) -> str:
        return eventlog.page(self._database, after, limit).json()
