"""Who was where, from when to when: computed from what the doors have scanned, and nothing else.

- In without out means until the end of the session, or until the person left the building.
- Out without in proves nothing.
- A scan into a session's own room is the truth for that session. Without any, a session for
  everyone counts while the person was in the building, until a scan out of the room. A chosen one
  does not, unless the conference says that being in the building is enough for who holds a seat.
- Meals, breaks and parties are not attended, however much they are enjoyed.

docs/decisions/0010-presence-from-scans.md says why.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.registration.programme.facts import Conference, Session

COUNTED = frozenset({"plenary", "workshop", "keynote", "talk", "ceremony"})

Interval = tuple[datetime, datetime]
Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Scan:
    """A code seen at a door; `session_id` is None at the door of the day."""

    session_id: int | None
    direction: Direction
    at: datetime


@dataclass(frozen=True, slots=True)
class Attended:
    session: Session
    intervals: tuple[Interval, ...]

    @property
    def starts_at(self) -> datetime:
        return self.intervals[0][0]

    @property
    def ends_at(self) -> datetime:
        return self.intervals[-1][1]

    @property
    def minutes(self) -> int:
        return _minutes(self.intervals)


def attended_sessions(
    conference: Conference, scans: Collection[Scan], held: Collection[int]
) -> tuple[Attended, ...]:
    """The sessions a person attended for at least a minute, in the order of the programme."""
    day = intervals_inside(
        [scan for scan in scans if scan.session_id is None], conference.last_ends_at
    )
    attended = []
    for session in conference.sessions:
        if session.kind not in COUNTED:
            continue
        own = [scan for scan in scans if scan.session_id == session.id]
        left = min((scan.at for scan in own), default=session.ends_at)
        if any(scan.direction == "in" for scan in own):
            intervals = _until_leaving(intervals_inside(own, session.ends_at), day)
        elif not session.is_chosen or (
            conference.workshop_presence == "day" and session.id in held
        ):
            intervals = tuple((start, min(end, left)) for start, end in day)
        else:
            continue
        clipped = _clip(intervals, session)
        if _minutes(clipped):
            attended.append(Attended(session, clipped))
    return tuple(attended)


def total_minutes(attended: Iterable[Attended]) -> int:
    """Minutes of presence; sessions that overlap count once."""
    return _minutes(_union(interval for each in attended for interval in each.intervals))


def is_inside(scans: Iterable[Scan]) -> bool:
    """Whether the last scan of a door let the person in."""
    last = max(scans, key=_order, default=None)
    return last is not None and last.direction == "in"


def repeated(direction: Direction, scans: Iterable[Scan]) -> list[datetime]:
    """When scans of a door said this, without the other since; more than once for a badge that
    was scanned again."""
    moments: list[datetime] = []
    for scan in sorted(scans, key=_order):
        moments = [*moments, scan.at] if scan.direction == direction else []
    return moments


def intervals_inside(scans: Iterable[Scan], end: datetime) -> tuple[Interval, ...]:
    """From when to when these scans of one door let the person in; `end` when they never left."""
    intervals: list[Interval] = []
    since: datetime | None = None
    for scan in sorted(scans, key=_order):
        if scan.direction == "in":
            since = since or scan.at
        elif since is not None:
            intervals.append((since, scan.at))
            since = None
    if since is not None and since < end:
        intervals.append((since, end))
    return _union(intervals)


def _until_leaving(intervals: Sequence[Interval], day: Sequence[Interval]) -> tuple[Interval, ...]:
    """Nobody stays in a room after leaving the building."""
    return tuple(
        (start, min([end, *(out for came, out in day if came <= start < out)]))
        for start, end in intervals
    )


def _clip(intervals: Iterable[Interval], session: Session) -> tuple[Interval, ...]:
    clipped = (
        (max(start, session.starts_at), min(end, session.ends_at)) for start, end in intervals
    )
    return tuple((start, end) for start, end in clipped if start < end)


def _union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    union: list[Interval] = []
    for start, end in sorted(intervals):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return tuple(union)


def _minutes(intervals: Iterable[Interval]) -> int:
    return int(sum((end - start for start, end in intervals), timedelta()).total_seconds() // 60)


def _order(scan: Scan) -> tuple[datetime, bool]:
    return scan.at, scan.direction == "out"
