"""One fact in several versions: which of its events is filed.

A publisher may tell a fact in two versions of a contract for a time, as two events with ids of
their own. The older one carries the newer one's id in `fact`: that is the fact's identity, and the
key of its job.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.events import Kind
from shared.events.contracts import kind_of

Envelope = Mapping[str, Any]


def fact_of(event: Envelope) -> str:
    """What its event and those of other versions have in common."""
    return str(event.get("fact") or event["id"])


def newest_of_each(events: Iterable[Envelope], handled: Iterable[Kind]) -> list[Envelope]:
    """Of each fact the event in the newest version that is handled; of others none. In order."""
    known = set(handled)
    newest: dict[str, Envelope] = {}
    for event in events:
        if (kind := kind_of(event)) in known:
            other = newest.get(fact_of(event))
            if other is None or kind_of(other) < kind:
                newest[fact_of(event)] = event
    return list(newest.values())


def handled_in_older(event: Envelope, handled: Iterable[Kind]) -> bool:
    """Whether its fact may have been filed in an older version before it."""
    type_, version = kind_of(event)
    return any(known == type_ and older < version for known, older in handled)
