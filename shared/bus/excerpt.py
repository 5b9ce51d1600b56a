"""A part of a log: the events that one reader is to have, and how far it has been read for them.

The positions between those events are another's; `read_to` moves the reader's cursor over them, and
`after` says from where, so that what was left out cannot be taken for what was lost.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select

from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.logged import LoggedEvent
from shared.events.contracts import conference_of, erases, open_types, without_keys

WINDOW = 10_000  # positions looked through in one call, however few of them are wanted


@dataclass(frozen=True)
class Wanted:
    """Which events: no types are all types, no conferences all of them. `outside`: for a reader
    outside, without what is private among services."""

    types: tuple[str, ...] = ()
    conferences: tuple[str, ...] = ()
    outside: bool = False


@dataclass(frozen=True)
class Excerpt:
    """What is wanted of the positions from `after`, exclusive, to `read_to`, inclusive."""

    epoch: str
    head: int
    after: int
    read_to: int
    events: tuple[dict[str, Any], ...]

    def since(self, after: int) -> "Excerpt":
        """The same for a reader who has read to an earlier position, after which nothing else is
        wanted."""
        return replace(self, after=after)

    def json(self) -> str:
        return json.dumps(vars(self), ensure_ascii=False, separators=(",", ":"))


def excerpt(
    database: Database, after: int, limit: int, wanted: Wanted, public_url: str = ""
) -> Excerpt:
    """At most `limit` of them; what is not wanted does not count. Outside, `dataschema` is the
    whole URL under `public_url`."""
    epoch, head = eventlog.settle(database)
    until = min(after + WINDOW, head)
    chosen = _IN_WINDOW.where(LoggedEvent.type.in_(wanted.types)) if wanted.types else _IN_WINDOW
    most = max(limit, eventlog.PAGE)
    span = {"after": after, "until": until, "most": most}
    with database.read() as connection:
        rows = connection.execute(chosen, span).all()
    read_to = rows[-1].position if len(rows) == most else max(after, until)
    events: list[dict[str, Any]] = []
    for row in rows:
        event = {**json.loads(row.envelope), "position": row.position}
        if _is_wanted(event, wanted):
            events.append(_for_outside(event, public_url) if wanted.outside else event)
        if len(events) == limit:
            read_to = row.position
            break
    return Excerpt(epoch, head, after, read_to, tuple(events))


def _is_wanted(event: dict[str, Any], wanted: Wanted) -> bool:
    if wanted.outside and event["type"] not in open_types():
        return False
    if not wanted.conferences:
        return True
    named = conference_of(event)
    # an older erasure names none: whoever may hold what it erases must hear of it
    return named in wanted.conferences or (named is None and erases(event))


def _for_outside(event: dict[str, Any], public_url: str) -> dict[str, Any]:
    named = conference_of(event)
    return {
        **event,
        **({"conference": named} if named else {}),
        "dataschema": public_url + event["dataschema"],
        "data": without_keys(event),
    }


_IN_WINDOW = (
    select(LoggedEvent.position, LoggedEvent.envelope)
    .where(
        LoggedEvent.position > bindparam("after"),
        LoggedEvent.position <= bindparam("until"),
    )
    .order_by(LoggedEvent.position)
    .limit(bindparam("most"))
)
