"""What stands against a signature: told at once to whoever signs now, kept as marks of what is
reported later."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from services.sheets.base.records import SheetRecord, sheet_by_id
from services.sheets.base.refusals import Rule
from services.sheets.chain.entries import Entry
from services.sheets.chain.standing import standing_of
from services.sheets.lists.expected import is_expected
from services.sheets.signing.parties import By
from shared.base.clock import now

EARLY = timedelta(minutes=30)  # before the beginning, people may sign as they come in
AFTER = timedelta(minutes=60)  # after the end, as they go out
CLOCKS = timedelta(minutes=2)  # apart: what was sent at once
WRONG = timedelta(days=800)  # a clock that is set wrong; what is farther is no moment of anything


@dataclass(frozen=True)
class Obstacle:
    rule: Rule
    of: str = "sheet"  # what of the request
    details: Mapping[str, str] = field(default_factory=dict)


def is_report(by: By, at: datetime, *, queued: bool) -> bool:
    """Whether it tells what has happened before: nobody stands there to be told that it cannot.
    What was `queued` on a tablet has, however short the network was away."""
    if by.source == "paper" or queued:
        return True
    return by.kind == "tablet" and (by.ended_at is not None or abs(now() - at) > CLOCKS)


def is_sensible(at: datetime) -> bool:
    """Whether a moment that came from outside may enter a sheet, with a mark: the last ones that
    can be written are none in another zone."""
    return abs(now() - at) <= WRONG


def obstacles(
    connection: Connection,
    sheet: SheetRecord,
    person: Row[*tuple[Any, ...]],
    entries: dict[str, list[Entry]],
    at: datetime,
    by: By,
    *,
    report: bool,
) -> Iterator[Obstacle]:
    """What most concerns whoever signs comes first. `entries` are all about them, by sheet."""
    if sheet.state != "open":
        yield Obstacle(sheet.state)
    if person.status == "cancelled":
        yield Obstacle("cancelled", "registration")
    elif not is_expected(connection, sheet, person):
        yield Obstacle("not-on-list", "registration")
    if clash := _elsewhere(connection, sheet, entries):
        yield clash
    standing = standing_of(entries.get(sheet.id, []))
    if standing.left_at is not None and at > standing.left_at:
        yield Obstacle("left", "registration", {"left_at": standing.left_at.isoformat()})
    if by.ended_at is not None:
        yield Obstacle("ended", "at")
    yield from _in_time(sheet, at, by.since, report=report)


def _in_time(
    sheet: SheetRecord, at: datetime, since: datetime | None, *, report: bool
) -> Iterator[Obstacle]:
    opens, closes = sheet.starts_at - EARLY, sheet.ends_at + AFTER
    if report:
        # Nothing says whether the clock was wrong or somebody signed at midnight: both are shown.
        # Nobody signed on a tablet before it was one.
        earliest = opens if since is None else max(opens, since - CLOCKS)
        if not earliest <= at <= min(closes, now() + CLOCKS):
            yield Obstacle("clock", "at")
        return
    if abs(now() - at) > CLOCKS:
        yield Obstacle("clock", "at")
    elif at < opens:
        yield Obstacle("too-early", "at", {"opens_at": opens.isoformat()})
    elif at > closes:
        yield Obstacle("over", "at")


def _elsewhere(
    connection: Connection, sheet: SheetRecord, entries: dict[str, list[Entry]]
) -> Obstacle | None:
    """Another sheet that they signed, for a time that is also this one's."""
    own = standing_of(entries.get(sheet.id, [])).present(sheet.starts_at, sheet.ends_at)
    for sheet_id, about in entries.items():
        standing = standing_of(about)
        if sheet_id == sheet.id or standing.signed is None:
            continue
        other = sheet_by_id(connection, sheet_id)
        there = standing.present(other.starts_at, other.ends_at)
        if other.state != "withdrawn" and there[0] < own[1] and own[0] < there[1]:
            details = {
                "title": other.title,
                "unit": other.unit,
                "starts_at": there[0].isoformat(),
                "ends_at": there[1].isoformat(),
            }
            return Obstacle("elsewhere", "sheet", details)
    return None
