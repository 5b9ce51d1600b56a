"""A VTIMEZONE: when the clocks of a place change, RFC 5545 3.6.5.

Not icalendar's own: as of 7.3 it gives an onset on the clocks after the change, where DTSTART wants
those before it (3.6.5: TZOFFSETFROM), so that summer begins an hour late.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY = timedelta(days=1)
Change = tuple[datetime, timedelta, timedelta]  # (moment in UTC, offset before, offset after)


@lru_cache(maxsize=64)
def zone_rules(name: str, year: int) -> str:
    """The component, with the changes of that year and of the one before: whatever takes place in
    the year, or in the night after it, has one before it."""
    zone = ZoneInfo(name)
    begin = datetime(year - 1, 1, 1, tzinfo=UTC)
    changes = list(_changes(zone, begin, datetime(year + 1, 1, 2, tzinfo=UTC)))
    if not changes or changes[0][0].year == year:
        before = _offset(zone, begin)
        changes.insert(0, (begin, before, before))
    rules = Timezone()
    rules.add("TZID", name)
    kinds = dict.fromkeys((before, after) for _, before, after in changes)
    for before, after in kinds:
        onsets = [moment for moment, *offsets in changes if offsets == [before, after]]
        rules.add_component(_observance(zone, onsets, before, after))
    return bytes(rules.to_ical()).decode()


def _observance(
    zone: ZoneInfo, onsets: list[datetime], before: timedelta, after: timedelta
) -> TimezoneStandard | TimezoneDaylight:
    """What is so from each of these moments on."""
    observance = TimezoneDaylight() if after > before else TimezoneStandard()
    first, *others = [(onset + before).replace(tzinfo=None) for onset in onsets]
    observance.TZOFFSETFROM, observance.TZOFFSETTO = before, after
    observance.add("TZNAME", onsets[0].astimezone(zone).tzname())
    observance.DTSTART = first
    if others:
        observance.add("RDATE", others)
    return observance


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[Change]:
    day = begin
    while day < end:
        before, after = _offset(zone, day), _offset(zone, day + DAY)
        if before != after:
            yield _moment(zone, day), before, after
        day += DAY


def _moment(zone: ZoneInfo, day: datetime) -> datetime:
    """The second at which the clocks change within the day that begins then."""
    before, earlier, later = _offset(zone, day), day, day + DAY
    while later - earlier > timedelta(seconds=1):
        middle = earlier + timedelta(seconds=(later - earlier).total_seconds() // 2)
        if _offset(zone, middle) == before:
            earlier = middle
        else:
            later = middle
    return later


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
