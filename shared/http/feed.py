"""The event feed of a service that publishes: whole for the other services, filtered for whoever
subscribes with a token of their own."""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus import eventlog
from shared.events.contracts import erases
from shared.http.numbers import RowNumber
from shared.http.problems import Problem
from shared.http.standing import NotAnswered, TokenStanding

# What becomes of a token that is none of ours: None when it is unknown or has ended. May raise
# NotAnswered.
Subscriptions = Callable[[str], TokenStanding | None]


def nobody(_token: str) -> None:
    """Where only services read."""


# Of events that sign people in nobody outside reads, and no subscriber gets what opens anything.
PRIVATE = ("organiser.", "access.")
KEYS = ("manage_url", "download_url", "page_url", "badge_url")

bearer = HTTPBearer(auto_error=False)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


@dataclass(frozen=True)
class Reader:
    """Who reads: a service all, a subscriber what their token is for; no types are all types."""

    outside: bool = False
    types: tuple[str, ...] = ()
    conference: str | None = None


def serve_feed(
    app: FastAPI, settings: Settings, database: Database, subscriptions: Subscriptions
) -> None:
    reader = Depends(_reader_of(settings, subscriptions))

    @app.get("/events", tags=["feed"])
    def events(
        reading: Annotated[Reader, reader],
        after: RowNumber = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = eventlog.PAGE,
        types: Annotated[str, Query(max_length=1000, description="comma-separated")] = "",
        conference: Annotated[str, Query(max_length=100, description="its slug")] = "",
    ) -> Response:
        """The event feed: events after a position, without gaps, in one order for everyone. With a
        filter, `read_to` is the position to go on from: what is left out is passed over."""
        wanted = _narrowed(reading, tuple(filter(None, types.split(","))), conference or None)
        page = eventlog.page(database, after, limit)
        text = page.json() if wanted == Reader() else _filtered(page, wanted, after)
        return Response(text, media_type="application/json")


def _reader_of(
    settings: Settings, subscriptions: Subscriptions
) -> Callable[..., Awaitable[Reader]]:
    accepted = [secret.get_secret_value() for secret in settings.service_token]

    # async, although a service awaits nothing: a thread costs more than the comparison
    async def reader(credentials: Credentials) -> Reader:
        given = credentials.credentials if credentials else ""
        if any(secrets.compare_digest(given.encode(), token.encode()) for token in accepted):
            return Reader()
        try:
            known = await run_in_threadpool(subscriptions, given) if given else None
        except NotAnswered:
            raise Problem(503, "token-not-checked", "The token cannot be checked now") from None
        if known is None:
            raise Problem(401, "unauthorized", "The event feed wants the service token")
        if known.role != "subscriber":
            raise Problem(403, "not-allowed", "This token is not a subscriber's")
        return Reader(True, known.types, known.conference)

    return reader


def _narrowed(reading: Reader, types: tuple[str, ...], conference: str | None) -> Reader:
    """What is asked for, of what they may read. Raises Problem 403 for anything else."""
    beyond = set(types) - set(reading.types) if reading.types else set()
    elsewhere = reading.conference and conference and conference != reading.conference
    if beyond or elsewhere:
        raise Problem(403, "not-allowed", "This token is for other events")
    return Reader(reading.outside, types or reading.types, reading.conference or conference)


def _filtered(page: eventlog.Page, reading: Reader, after: int) -> str:
    parsed = [json.loads(each) for each in page.events]
    kept = [_for_outside(event) if reading.outside else event for event in parsed]
    answer = {
        "epoch": page.epoch,
        "head": page.head,
        "read_to": parsed[-1]["position"] if parsed else after,
        "events": [event for event in kept if _is_wanted(event, reading)],
    }
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def _is_wanted(event: dict[str, Any], reading: Reader) -> bool:
    if reading.outside and event["type"].startswith(PRIVATE):
        return False
    if reading.types and event["type"] not in reading.types:
        return False
    if reading.conference is None:
        return True
    named = _conference_of(event)
    # an older erasure names none: whoever may hold what it erases must hear of it
    return named == reading.conference or (named is None and erases(event))


def _conference_of(event: dict[str, Any]) -> str | None:
    named = event["data"].get("conference")
    return named.get("slug") if isinstance(named, dict) else named


def _for_outside(event: dict[str, Any]) -> dict[str, Any]:
    data = {name: value for name, value in event["data"].items() if name not in KEYS}
    return {**event, "data": data}
