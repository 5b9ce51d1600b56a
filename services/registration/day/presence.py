"""Who was where, from when to when: computed from what the doors have scanned and what organisers
have written, what they signed for, and from nothing else.

- What is written by hand for a session stands in place of what scans say of it.
- In without out means until the end of the session, or until the person left the building.
- Out without in proves nothing.
- A scan into a session's own room is the truth for that session. Without any, a session for
  everyone counts while the person was in the building, until a scan out of the room. A chosen one
  does not, unless the conference says that being in the building is enough for who holds a seat.
- What somebody signed for is presence, like a scan; a conference may say that only scans, only
  signatures or only both together are. Where the two differ, that is shown, and nothing decided.
- Meals, breaks and parties count for nothing, however much they are enjoyed, unless the conference
  says which sessions count.

docs/decisions/0010-presence-from-scans.md, 0029-presence-by-hand.md and
0073-signatures-are-evidence.md say why.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from services.registration.day.intervals import Interval, clip, intersection, minutes, union
from services.registration.history.acts import Actor
from services.registration.programme.facts import COUNTED, Conference, Proof, Session

ON_TIME = timedelta(minutes=1)  # nobody is late before it is a minute past

Direction = Literal["in", "out"]
Source = Literal["scan", "hand", "signature"]


@dataclass(frozen=True, slots=True)
class Scan:
    """A code seen at a door, by whom; `session_id` is None at the door of the day."""

    session_id: int | None
    direction: Direction
    at: datetime
    actor: Actor | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What an organiser wrote of somebody at a session; no times: the person was not there."""

    times: Interval | None
    actor: Actor
    reason: str = ""
    written_at: datetime | None = None


@dataclass(frozen=True)
class Evidence:
    """All that is known of one person's presence: `held` are sessions with a place for them."""

    scans: Sequence[Scan] = ()
    held: Collection[int] = ()
    written: dict[int, Written] = field(default_factory=dict)
    signed: dict[int, Sequence[Interval]] = field(default_factory=dict)

    @property
    def came_at(self) -> datetime | None:
        """When the person was first seen; None for who never was."""
        return min(self._arrivals, default=None)

    @property
    def is_inside(self) -> bool:
        """Whether the person is in the building: who is in one of its rooms is too."""
        came = self._arrivals
        left = [s.at for s in self.scans if s.direction == "out" and s.session_id is None]
        return bool(came) and (not left or max(came) > max(left))

    def has_come(self, session_id: int | None) -> bool:
        """Whether a scan of this door ever let the person in."""
        return any(scan.session_id == session_id for scan in self._let_in)

    @property
    def _arrivals(self) -> list[datetime]:
        written = [each.times[0] for each in self.written.values() if each.times]
        signed = [start for intervals in self.signed.values() for start, _ in intervals]
        return written + signed + [scan.at for scan in self._let_in]

    @property
    def _let_in(self) -> list[Scan]:
        """Without those taken back: a door then writes out at the moment of coming in."""
        undone = {(scan.session_id, scan.at) for scan in self.scans if scan.direction == "out"}
        scans = [scan for scan in self.scans if scan.direction == "in"]
        return [scan for scan in scans if (scan.session_id, scan.at) not in undone]

    def is_in(self, session_id: int) -> bool:
        """Whether the person is in this room, by its own door or by hand."""
        if written := self.written.get(session_id):
            return written.times is not None
        own = [scan for scan in self.scans if scan.session_id == session_id]
        return is_inside(own) if own else session_id in self.signed


@dataclass(frozen=True)
class Attended:
    """`actor` let the person in, or wrote it down; None when that was not kept."""

    session: Session
    intervals: tuple[Interval, ...]
    source: Source = "scan"
    actor: Actor | None = field(default=None, compare=False)
    reason: str = field(default="", compare=False)

    @property
    def starts_at(self) -> datetime:
        return self.intervals[0][0]

    @property
    def ends_at(self) -> datetime:
        return self.intervals[-1][1]

    @property
    def minutes(self) -> int:
        return minutes(self.intervals)

    @property
    def is_late(self) -> bool:
        return self.starts_at >= self.session.starts_at + ON_TIME


def attended_sessions(
    conference: Conference, evidence: Evidence, until: datetime | None = None
) -> tuple[Attended, ...]:
    """The sessions a person attended for at least a minute, in the order of the programme: also
    those that count for nothing. `until` a moment, those that have begun by then."""
    day = in_the_building(conference, evidence)
    attended = (_attended(conference, session, evidence, day) for session in conference.sessions)
    return tuple(
        each
        for each in attended
        if each is not None and each.minutes and (until is None or each.starts_at <= until)
    )


def attended_so_far(
    conference: Conference, evidence: Evidence, moment: datetime
) -> tuple[Attended, ...]:
    """What is known of it at a moment: nothing that lies ahead, until the day is closed."""
    attended = attended_sessions(conference, evidence)
    if conference.closed_at is not None:
        return attended
    known = (replace(each, intervals=_before(each.intervals, moment)) for each in attended)
    return tuple(each for each in known if each.intervals)


def _before(intervals: Iterable[Interval], moment: datetime) -> tuple[Interval, ...]:
    return tuple((start, min(end, moment)) for start, end in intervals if start <= moment)


def certifiable(conference: Conference, attended: Iterable[Attended]) -> tuple[Attended, ...]:
    """What a certificate would list; nothing for whom the conference's rule gives none."""
    counted = tuple(each for each in attended if conference.counts(each.session))
    return counted if is_enough(conference, counted) else ()


def is_enough(conference: Conference, counted: Iterable[Attended]) -> bool:
    """Whether the conference's rule gives a certificate for so long a presence at what counts."""
    return total_minutes(counted) >= least_minutes(conference)


def least_minutes(conference: Conference) -> int:
    """The minutes at what counts that the conference's rule asks for; 0 when it asks for none."""
    share = -(-conference.least_share * minutes_of_day(conference) // 100)
    return max(conference.least_minutes, share)


def minutes_of_day(conference: Conference) -> int:
    """How long somebody can be present at what counts; sessions side by side count once."""
    counted = (session for session in conference.sessions if conference.counts(session))
    return minutes(union((session.starts_at, session.ends_at) for session in counted))


def total_minutes(attended: Iterable[Attended]) -> int:
    """Minutes of presence; sessions that overlap count once."""
    return minutes(union(interval for each in attended for interval in each.intervals))


def first_seen(evidence: Evidence, scan: Scan) -> datetime | None:
    """When the person was first seen, with one scan more."""
    return replace(evidence, scans=[*evidence.scans, scan]).came_at


def came_late(conference: Conference, evidence: Evidence) -> bool:
    """Whether the person came after the first session had begun that counts, and that they were
    expected at."""
    expected = (
        session.starts_at
        for session in conference.sessions
        if conference.counts(session) and (not session.is_chosen or session.id in evidence.held)
    )
    first = min(expected, default=None)
    came_at = evidence.came_at
    return first is not None and came_at is not None and came_at >= first + ON_TIME


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
    return union(intervals)


def _attended(
    conference: Conference, session: Session, evidence: Evidence, day: Sequence[Interval]
) -> Attended | None:
    if written := evidence.written.get(session.id):
        intervals = clip([written.times] if written.times else [], session)
        return Attended(session, intervals, "hand", written.actor, written.reason)
    scanned = by_scan(conference, session, evidence, day)
    signed = union(clip(evidence.signed.get(session.id, ()), session))
    return _proved(conference.presence_evidence, session, scanned, signed)


def _proved(
    rule: Proof, session: Session, scanned: Attended | None, signed: tuple[Interval, ...]
) -> Attended | None:
    """What scans and signatures together prove, by the conference's rule."""
    if rule == "scan" or (rule == "any" and not signed):
        return scanned
    seen = scanned.intervals if scanned and rule != "signature" else ()
    proved = intersection(seen, signed) if rule == "both" else union((*seen, *signed))
    if not proved:
        return None
    if scanned and seen:
        return replace(scanned, intervals=proved)
    return Attended(session, proved, "signature")


def by_scan(
    conference: Conference, session: Session, evidence: Evidence, day: Sequence[Interval]
) -> Attended | None:
    own = [scan for scan in evidence.scans if scan.session_id == session.id]
    if any(scan.direction == "in" for scan in own):
        intervals = _until_leaving(intervals_inside(own, session.ends_at), day)
        return Attended(session, clip(intervals, session), "scan", _who_let_in(own))
    if not _by_the_day(conference, session, evidence):
        return None
    left = min((scan.at for scan in own), default=session.ends_at)
    intervals = clip(((start, min(end, left)) for start, end in day), session)
    at_the_entrance = [scan for scan in evidence.scans if scan.session_id is None]
    return Attended(session, intervals, "scan", _who_let_in(at_the_entrance))


def _by_the_day(conference: Conference, session: Session, evidence: Evidence) -> bool:
    """Whether being in the building is being there."""
    if session.is_chosen:
        by_seat = conference.workshop_presence == "day" and session.id in evidence.held
        return by_seat and conference.counts(session)
    return session.kind in COUNTED or conference.counts(session)


def _who_let_in(scans: Iterable[Scan]) -> Actor | None:
    first = min((scan for scan in scans if scan.direction == "in"), key=_order, default=None)
    return first.actor if first else None


def _until_leaving(intervals: Sequence[Interval], day: Sequence[Interval]) -> tuple[Interval, ...]:
    """Nobody stays in a room after leaving the building."""
    return tuple(
        (start, min([end, *(out for came, out in day if came <= start < out)]))
        for start, end in intervals
    )


def in_the_building(conference: Conference, evidence: Evidence) -> tuple[Interval, ...]:
    at_the_entrance = [scan for scan in evidence.scans if scan.session_id is None]
    return intervals_inside(at_the_entrance, conference.last_ends_at)


def _order(scan: Scan) -> tuple[datetime, bool]:
    return scan.at, scan.direction == "out"
