"""How long a job that failed waits before each further try. After the last one it is a dead letter.

A handler may want others than most: an endpoint that is down for a night, a call that helps nobody
a minute later. They are the handler's and not the job's, so that a change of them reaches what
waits.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case

from shared.bus.jobs import JobRow
from shared.events import Kind

DELAYS = tuple(timedelta(seconds=s) for s in (1, 2, 5, 15, 60, 300, 900, 3600, 10800))
MAX_TRIES = len(DELAYS) + 1

# Of the kinds whose handler wants others.
Delays = Mapping[Kind, tuple[timedelta, ...]]
NO_DELAYS: Delays = {}

# Most jobs whose worker dies have done nothing wrong: they go on at once when their lease ends. One
# that has taken so many workers with it waits as if it had raised.
INNOCENT_DEATHS = 3


def most_tries(delays: Delays) -> Any:
    """Of a job whose worker dies, as SQL: however few its delays are, the first deaths are no fault
    of its own."""
    least = INNOCENT_DEATHS + 1
    own = [(_is_of(kind), max(len(waits) + 1, least)) for kind, waits in delays.items()]
    return case(*own, else_=MAX_TRIES) if own else MAX_TRIES


def due_after_death(delays: Delays, moment: datetime) -> Any:
    """When a job whose lease has ended is due, as SQL."""
    own = [(_is_of(kind), _after_death(waits, moment)) for kind, waits in delays.items()]
    usual = _after_death(DELAYS, moment)
    return case(*own, else_=usual) if own else usual


def _is_of(kind: Kind) -> Any:
    return and_(JobRow.type == kind[0], JobRow.version == kind[1])


def _after_death(waits: Sequence[timedelta], moment: datetime) -> Any:
    suspect = {
        tries: moment + wait for tries, wait in enumerate(waits, 1) if tries > INNOCENT_DEATHS
    }
    return case(suspect, value=JobRow.tries, else_=JobRow.next_at) if suspect else JobRow.next_at
