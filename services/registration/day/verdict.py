"""What a door says of a badge: may this person come in here, and if not, why.

The same rule decides on a device without a network: pages/static/door/verdict.js. The cases in
tests/registration/door-cases.json hold both to it, and say in words what each is for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.registration.day.presence import Direction, Scan, repeated
from services.registration.programme.facts import Session, Status

Kind = Literal[
    "welcome",
    "goodbye",
    "already-in",
    "already-out",
    "waitlisted",
    "seat-freed",
    "wrong-workshop",
    "unexpected",
    "misread",
    "not-today",
    "unknown",
    "cancelled",
    "day-closed",
]
RECORDED: frozenset[Kind] = frozenset({"welcome", "goodbye", "already-in", "already-out"})
# Nothing is recorded yet: the person at the door may let them in all the same.
DOUBTS: frozenset[Kind] = frozenset({"waitlisted", "seat-freed", "wrong-workshop", "unexpected"})


@dataclass(frozen=True)
class Attempt:
    """Somebody holds a badge to a door. `code` is None when it cannot be one, `door` at the door of
    the day; with `let_in` the person who stands there has decided already."""

    code: str | None
    door: Session | None
    direction: Direction
    at: datetime
    let_in: bool = False


@dataclass(frozen=True)
class Holder:
    """Whose badge it is: the sessions with a place for them, and those they wait for, with their
    `ranks` in the waitlists by slug, from 1; and since when the seat behind this door is no more
    theirs, as they were not there."""

    status: Status
    held: Sequence[Session] = ()
    awaited: Sequence[Session] = ()
    ranks: Mapping[str, int] = field(default_factory=dict)
    freed_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """`workshops` is where they go: to this door, or to where their place is. None of it is over.
    `since` is when it was so already, `rank` their number on the waitlist of this door. `expected`
    is false for who has no place here; None where nobody was recognised or let through."""

    kind: Kind
    workshops: tuple[Session, ...] = ()
    since: datetime | None = None
    expected: bool | None = None
    rank: int | None = None

    @property
    def may_let_in(self) -> bool:
        return self.kind in DOUBTS


def judge(
    attempt: Attempt,
    hours: tuple[datetime, datetime],
    holder: Holder | None,
    before: Iterable[Scan],
) -> Verdict:
    """`before` is what this door has scanned of the badge. The first reason found is told."""
    opens, closes = hours
    if attempt.code is None:
        return Verdict("misread")
    if not opens <= attempt.at < closes:
        return Verdict("not-today")
    if holder is None:
        return Verdict("unknown")
    if holder.status == "cancelled":
        return Verdict("cancelled")
    inwards = attempt.direction == "in"
    expected = _has_a_place(holder, attempt.door)
    since = _already_since(attempt, before)
    if since is not None:
        # Before any doubt: whoever is in has been let in by somebody who saw them.
        kind: Kind = "already-in" if inwards else "already-out"
        return Verdict(kind, _target(holder, attempt), since, expected)
    if inwards and not expected and not attempt.let_in:
        return _doubt(holder, attempt)
    return Verdict("welcome" if inwards else "goodbye", _target(holder, attempt), None, expected)


def _has_a_place(holder: Holder, door: Session | None) -> bool:
    if door is None or not door.is_chosen:
        return holder.status == "confirmed"
    return door in holder.held


def _already_since(attempt: Attempt, before: Iterable[Scan]) -> datetime | None:
    """Since when what the scan says was so at that time; None when the scan is news."""
    earlier = [scan for scan in before if scan.at <= attempt.at]
    return next(iter(repeated(attempt.direction, earlier)), None)


def _doubt(holder: Holder, attempt: Attempt) -> Verdict:
    """Why someone whose badge is good should not come in here."""
    door = attempt.door
    if door is None or not door.is_chosen:
        return Verdict("waitlisted", _ahead(holder, attempt.at))
    if holder.freed_at is not None:
        return Verdict("seat-freed", since=holder.freed_at)
    elsewhere = _at_the_same_time(holder, attempt)
    if door in holder.awaited:
        return Verdict("waitlisted", elsewhere or (door,), rank=holder.ranks.get(door.slug))
    if not door.is_workshop:
        return Verdict("unexpected", (door,))
    return Verdict("wrong-workshop", elsewhere or _ahead(holder, attempt.at))


def _target(holder: Holder, attempt: Attempt) -> tuple[Session, ...]:
    """Where whoever has passed goes: into the room that was chosen, or on to their workshops."""
    door = attempt.door
    if door is not None and door.is_chosen and attempt.direction == "in":
        return (door,)
    return tuple(session for session in _ahead(holder, attempt.at) if session != door)


def _ahead(holder: Holder, at: datetime) -> tuple[Session, ...]:
    """The workshops with a place for them that are not over."""
    return tuple(session for session in holder.held if session.is_workshop and session.ends_at > at)


def _at_the_same_time(holder: Holder, attempt: Attempt) -> tuple[Session, ...]:
    door, ahead = attempt.door, _ahead(holder, attempt.at)
    return tuple(session for session in ahead if door is not None and session.overlaps(door))
