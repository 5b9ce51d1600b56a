"""What changed, as its reader is told: before and after, in their language and on the clocks of the
place."""

import datetime as dt
from dataclasses import dataclass
from itertools import combinations

from shared.events.registration import Conference, Difference, Place, Programme, Seat
from shared.words.language import Language
from shared.words.typography import typeset


@dataclass(frozen=True)
class Notice:
    """What is told: the differences, the programme before them when it is known, and the words of
    the organiser."""

    differences: tuple[Difference, ...]
    before: Programme | None
    words: list[str]


@dataclass(frozen=True)
class Change:
    """One line: `what` and `asks` as in a Difference, `title` of the session, if it is of one."""

    what: str
    title: str
    before: str
    after: str
    asks: str | None = None


def changes(notice: Notice, now: Conference, language: Language) -> list[Change]:
    """In the order of the notice. A session without a venue of its own is at the day's."""
    then = notice.before.conference if notice.before else now
    return [
        Change(
            each.what,
            typeset(each.title, language.code),
            _said(each, each.before, then, language),
            _said(each, each.after, now, language),
            each.asks,
        )
        for each in notice.differences
    ]


def overlapping(place: Place) -> list[tuple[Seat, Seat]]:
    """The sessions held that are at the same time, two by two."""
    held = [seat for seat in place.seats if seat.state == "held"]
    return [
        (one, other)
        for one, other in combinations(sorted(held, key=lambda seat: seat.starts_at), 2)
        if other.starts_at < one.ends_at
    ]


def _said(difference: Difference, value: str, conference: Conference, language: Language) -> str:
    if difference.what == "date" and value:
        return language.date(dt.date.fromisoformat(value))
    if difference.what in ("time", "new", "gone") and value:
        start, end = (dt.datetime.fromisoformat(moment) for moment in value.split("/"))
        return language.times(start, end, conference.timezone)
    if difference.what == "venue" and difference.session is not None:
        value = value or conference.venue
    return typeset(value, language.code)
