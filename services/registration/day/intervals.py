"""Spans of time, put together."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from services.registration.programme.facts import Session

Interval = tuple[datetime, datetime]


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    union: list[Interval] = []
    for start, end in sorted(intervals):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return tuple(union)


def intersection(intervals: Iterable[Interval], others: Sequence[Interval]) -> tuple[Interval, ...]:
    common = ((max(a, c), min(b, d)) for a, b in intervals for c, d in others)
    return union((start, end) for start, end in common if start < end)


def minutes(intervals: Iterable[Interval]) -> int:
    return int(sum((end - start for start, end in intervals), timedelta()).total_seconds() // 60)


def clip(intervals: Iterable[Interval], session: Session) -> tuple[Interval, ...]:
    """What of them is within the session's times."""
    clipped = (
        (max(start, session.starts_at), min(end, session.ends_at)) for start, end in intervals
    )
    return tuple((start, end) for start, end in clipped if start < end)
