"""Who did what to an endpoint, as its page shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import Connection, func, insert, select

from services.webhooks.base.tables import CHANGES
from shared.base.clock import now

What = Literal[
    "created",
    "changed",  # detail: the names of the fields
    "secret-rotated",
    "secret-shown",
    "disabled",
    "enabled",
    "failing",  # disabled by us: nothing was taken for a day
    "gone",  # disabled by us: the receiver said so
    "tried-now",  # it was to be left in peace
    "tested",
    "resent",  # detail: how many
    "deleted",
]


@dataclass(frozen=True)
class Actor:
    """An organiser by their address, a token, or Emarge itself (`system`)."""

    kind: Literal["organiser", "token", "system"]
    name: str = ""


SYSTEM = Actor("system")


@dataclass(frozen=True)
class Change:
    endpoint_id: str
    host: str
    what: What
    detail: str
    actor_kind: str
    actor: str
    at: datetime


def host_of(url: str) -> str:
    """All of an address that is told to others: its path may hold a key."""
    return urlsplit(url).netloc


def note(connection: Connection, endpoint: Any, what: What, actor: Actor, detail: str = "") -> None:
    """`endpoint` is its row."""
    connection.execute(
        insert(CHANGES).values(
            conference=endpoint.conference,
            endpoint_id=endpoint.id,
            host=host_of(endpoint.url),
            what=what,
            detail=detail,
            actor_kind=actor.kind,
            actor=actor.name,
            at=now(),
        )
    )


def count_lately(connection: Connection, conference: str, what: What, since: datetime) -> int:
    """How often that was done to endpoints of a conference, those that are gone too."""
    counted = select(func.count()).where(
        CHANGES.c.conference == conference, CHANGES.c.what == what, CHANGES.c.at > since
    )
    return connection.execute(counted).scalar_one()


def changes(
    connection: Connection, conference: str, endpoint_id: str | None = None, most: int = 50
) -> list[Change]:
    """The newest first; of one endpoint, or of all of a conference, those that are gone too."""
    wanted = CHANGES.c.conference == conference
    if endpoint_id is not None:
        wanted &= CHANGES.c.endpoint_id == endpoint_id
    columns = [CHANGES.c[name] for name in Change.__dataclass_fields__]
    rows = connection.execute(
        select(*columns).where(wanted).order_by(CHANGES.c.id.desc()).limit(most)
    )
    return [Change(*row) for row in rows]
