"""What a conference's sheets are for: its sessions, or its half-days. Pure: a programme → units.

A sheet is wanted for what a certificate counts; in a programme where nothing is marked as counted,
for everything that takes time.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby, pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from shared.events.parts import Session
from shared.events.registration import Programme

UnitKind = Literal["session", "half-day"]
_HALF_DAY = re.compile(r"\d{4}-\d\d-\d\d-(am|pm)")
NOON = time(13)  # what begins before belongs to the morning, on the clocks of the conference


@dataclass(frozen=True)
class Unit:
    """`key` is the session's id, or 2019-11-07-am; `title` is empty for a half-day, which the
    reader's language names."""

    key: str
    title: str
    room: str
    starts_at: datetime
    ends_at: datetime
    sessions: tuple[str, ...]
    open_to_all: bool  # one of the sessions is for everybody


def suggested(programme: Programme) -> UnitKind:
    """Half-days where everybody is in one room all day; sessions where people part."""
    sessions = _signed_for(programme)
    parted = any(a.ends_at > b.starts_at for a, b in pairwise(sessions))
    return "session" if parted or any(each.chosen for each in sessions) else "half-day"


def units_of(programme: Programme, kind: UnitKind) -> list[Unit]:
    """In the order of the day."""
    sessions = _signed_for(programme)
    if kind == "session":
        return [_unit(each.session, each.title, [each]) for each in sessions]
    zone = ZoneInfo(programme.conference.timezone)
    ordered = sorted(sessions, key=lambda each: half_day(each.starts_at, zone))
    halves = groupby(ordered, key=lambda each: half_day(each.starts_at, zone))
    return [_unit(key, "", list(of_half)) for key, of_half in halves]


def kind_of(key: str) -> UnitKind:
    """Of a unit's key."""
    return "half-day" if _HALF_DAY.fullmatch(key) else "session"


def half_day(at: datetime, zone: ZoneInfo) -> str:
    """2019-11-07-am or 2019-11-07-pm: sorted as they follow."""
    there = at.astimezone(zone)
    return f"{there.date()}-{'am' if there.time() < NOON else 'pm'}"


def _signed_for(programme: Programme) -> Sequence[Session]:
    lasting = [each for each in programme.sessions if each.ends_at > each.starts_at]
    counted = [each for each in lasting if each.counts] or lasting
    return sorted(counted, key=lambda each: (each.starts_at, each.ends_at, each.session))


def _unit(key: str, title: str, sessions: Sequence[Session]) -> Unit:
    return Unit(
        key,
        title,
        ", ".join(_once(each.where for each in sessions)),
        min(each.starts_at for each in sessions),
        max(each.ends_at for each in sessions),
        tuple(each.session for each in sessions),
        any(not each.chosen for each in sessions),
    )


def _once(names: Iterable[str]) -> list[str]:
    """Each, where it first comes."""
    return [*dict.fromkeys(filter(None, names))]
