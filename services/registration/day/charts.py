"""How a day fills, as two series: registrations by day, and people inside by half-hour."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection, bindparam, select

from services.registration.base import tables
from services.registration.day.intervals import Interval
from services.registration.day.presence import Scan, intervals_inside
from services.registration.programme.facts import Conference

HALF_HOUR = timedelta(minutes=30)
DAYS_BY_DAY = 62  # a longer time is counted by week

_CAME = select(tables.Registration.created_at).where(
    tables.Registration.conference_id == bindparam("of_conference"),
    tables.Registration.status != "cancelled",
)
_AT_THE_DOOR = (
    select(tables.Scan.registration_id, tables.Scan.direction, tables.Scan.at)
    .join(tables.Registration, tables.Registration.id == tables.Scan.registration_id)
    .where(
        tables.Registration.conference_id == bindparam("of_conference"),
        tables.Scan.session_id.is_(None),
    )
    .order_by(tables.Scan.registration_id)
)


@dataclass(frozen=True)
class Registrations:
    """How many that are not cancelled came on each day, or in each week from a Monday on."""

    bars: list[tuple[date, int]]
    by_week: bool

    @property
    def total(self) -> int:
        return sum(count for _, count in self.bars)


def registrations_over_time(connection: Connection, conference: Conference) -> Registrations:
    moments = connection.execute(_CAME, {"of_conference": conference.id}).scalars()
    days = Counter(moment.astimezone(conference.zone).date() for moment in moments)
    if not days:
        return Registrations([], by_week=False)
    first, last = min(days), max(days)
    by_week = (last - first).days >= DAYS_BY_DAY
    step = timedelta(days=7 if by_week else 1)
    if by_week:
        first -= timedelta(days=first.weekday())
    bars = []
    while first <= last:
        bars.append((first, sum(days[first + timedelta(n)] for n in range(step.days))))
        first += step
    return Registrations(bars, by_week)


def presence_by_half_hour(
    connection: Connection, conference: Conference
) -> list[tuple[datetime, int]]:
    """How many were inside at each half-hour, from before the first came to after the last left.

    A scan out that is missing counts until the end of the last session.
    """
    spans = list(_spans(connection, conference))
    if not spans:
        return []
    moment = _floor(min(start for start, _ in spans), conference)
    last = max(end for _, end in spans)
    bars = []
    while moment <= last + HALF_HOUR:
        bars.append((moment, sum(start <= moment < end for start, end in spans)))
        moment += HALF_HOUR
    return bars


def _spans(connection: Connection, conference: Conference) -> Iterator[Interval]:
    rows = connection.execute(_AT_THE_DOOR, {"of_conference": conference.id})
    for _, scans in groupby(rows, key=lambda row: row.registration_id):
        yield from intervals_inside(
            [Scan(None, row.direction, row.at) for row in scans], conference.last_ends_at
        )


def _floor(moment: datetime, conference: Conference) -> datetime:
    """The half-hour before, by the clock of the place."""
    local = moment.astimezone(conference.zone)
    return local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0)
