"""The event feed of a service that publishes: whole for the other services, filtered for whoever
subscribes with a token of their own. Either may wait for news.

Services ask for `/events`, on the inside. Outside, all feeds have one origin, so each has its
service's name: `/events/registration`; and there the service token opens nothing.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Query, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from shared.base.clock import monotonic
from shared.base.database import Database
from shared.base.settings import Settings
from shared.bus import eventlog
from shared.bus.eventlog import Page
from shared.bus.excerpt import Excerpt, Wanted, excerpt
from shared.http.news import News
from shared.http.numbers import RowNumber
from shared.http.problems import Problem
from shared.http.standing import NotAnswered, TokenStanding

# What becomes of a token that is none of ours: None when it is unknown or has ended. May raise
# NotAnswered.
Subscriptions = Callable[[str], TokenStanding | None]
Identify = Callable[[str], Awaitable[Wanted]]

PATH = "/events"
LONGEST_WAIT = 30  # seconds
# Who may wait in one process at a time; whoever comes then is answered at once.
MOST_WAITING = 128
MOST_OUTSIDE = 64

bearer = HTTPBearer(auto_error=False)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def nobody(_token: str) -> None:
    """Where only services read."""


@dataclass(frozen=True)
class Question:
    """What somebody asks of the feed. `wait`: seconds to wait for an event, if there is none;
    `epoch`: of the log that they have read, if they say so."""

    after: int
    limit: int
    types: tuple[str, ...]
    conference: str
    wait: float
    epoch: str


def asked(
    after: RowNumber = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = eventlog.PAGE,
    types: Annotated[str, Query(max_length=1000, description="comma-separated")] = "",
    conference: Annotated[str, Query(max_length=100, description="its slug")] = "",
    wait: Annotated[
        float,
        Query(ge=0, le=LONGEST_WAIT, description="seconds to wait for an event if there is none"),
    ] = 0,
    epoch: Annotated[
        str, Query(max_length=100, description="of the log as known: if it is another, no waiting")
    ] = "",
) -> Question:
    return Question(after, limit, tuple(filter(None, types.split(","))), conference, wait, epoch)


Asked = Annotated[Question, Depends(asked)]


def serve_feed(
    app: FastAPI, settings: Settings, database: Database, subscriptions: Subscriptions
) -> None:
    subscribers = _subscribers(subscriptions)
    feed = Feed(settings, database)
    app.state.leaving.append(feed.news.end)
    accepted = [secret.get_secret_value() for secret in settings.service_token]

    async def services_too(given: str) -> Wanted:
        if any(secrets.compare_digest(given.encode(), token.encode()) for token in accepted):
            return Wanted()
        return await subscribers(given)

    @app.get(PATH, tags=["feed"])
    async def events(credentials: Credentials, question: Asked) -> Response:
        """The event feed: events after a position, without gaps, in one order for everyone. With a
        filter, `read_to` is the position to go on from: what is left out is passed over."""
        return await feed.answer(question, _given(credentials), services_too)

    @app.get(f"{PATH}/{settings.service}", tags=["feed"])
    async def events_for_subscribers(credentials: Credentials, question: Asked) -> Response:
        """The same where all of Emarge has one origin, for a subscriber's token alone."""
        return await feed.answer(question, _given(credentials), subscribers)


class Feed:
    """Reads the log for whoever asks, and has them wait."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
        self._public_url = settings.public_url
        self.news = News(database, settings.redis_url, settings.service)

    async def answer(self, question: Question, given: str, identify: Identify) -> Response:
        """Raises Problem when the bearer may not read that."""
        until = monotonic() + question.wait
        after, epoch = question.after, question.epoch
        while True:
            # Each time: it may have been taken back meanwhile.
            wanted = _narrowed(await identify(given), question)
            page = await run_in_threadpool(self._read, after, question.limit, wanted)
            epoch = epoch or page.epoch
            left = until - monotonic()
            # Another log than before, or a shorter one, is news: the reader is to stop.
            if page.events or left <= 0 or page.epoch != epoch or page.head < after:
                break
            if isinstance(page, Excerpt):
                after = page.read_to
            if after >= page.head:
                most = MOST_OUTSIDE if wanted.outside else MOST_WAITING
                if not await self.news.wait(page.epoch, after, left, most):
                    break
        if isinstance(page, Excerpt):
            page = page.since(question.after)
        return Response(page.json(), media_type="application/json")

    def _read(self, after: int, limit: int, wanted: Wanted) -> Page | Excerpt:
        if wanted == Wanted():
            return eventlog.page(self._database, after, limit)
        return excerpt(self._database, after, limit, wanted, self._public_url)


def _subscribers(subscriptions: Subscriptions) -> Identify:
    async def identify(given: str) -> Wanted:
        try:
            known = await run_in_threadpool(subscriptions, given) if given else None
        except NotAnswered:
            raise Problem(503, "token-not-checked", "The token cannot be checked now") from None
        if known is None:
            raise Problem(401, "unauthorized", "The event feed wants a token that opens it")
        if known.role != "subscriber":
            raise Problem(403, "not-allowed", "This token is not a subscriber's")
        return Wanted(known.types, known.reads, outside=True)

    return identify


def _given(credentials: HTTPAuthorizationCredentials | None) -> str:
    return credentials.credentials if credentials else ""


def _narrowed(allowed: Wanted, question: Question) -> Wanted:
    """What is asked for, of what they may read. Raises Problem 403 for anything else."""
    types, conference = question.types, question.conference
    beyond = set(types) - set(allowed.types) if allowed.types else set()
    elsewhere = allowed.conferences and conference and conference not in allowed.conferences
    if beyond or elsewhere:
        raise Problem(403, "not-allowed", "This token is for other events")
    conferences = (conference,) if conference else allowed.conferences
    return Wanted(types or allowed.types, conferences, allowed.outside)
