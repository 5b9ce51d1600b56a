"""What a person's entries on a sheet come to: whether they signed, when they came and left."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.sheets.chain.entries import SIGNATURES, Entry


@dataclass(frozen=True)
class Standing:
    """`signed` is the signature that counts; `struck` the entry that struck the last one, which was
    `before_strike`. `named` is the newest entry that says who they are. `marks` are what the
    organiser is to look at."""

    signed: Entry | None = None
    struck: Entry | None = None
    before_strike: Entry | None = None
    named: Entry | None = None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    marks: tuple[str, ...] = field(default=())

    def present(self, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
        """(from, until) of what lasts so long, after who came late or left early was marked."""
        return (
            max(starts_at, self.arrived_at or starts_at),
            min(ends_at, self.left_at or ends_at),
        )


def standing_of(entries: Iterable[Entry]) -> Standing:
    """Of one person's entries on one sheet, by number."""
    standing = Standing()
    for entry in entries:
        standing = _after(standing, entry)
    return standing


def by_person(entries: Iterable[Entry]) -> dict[str, Standing]:
    """How everybody stands of whom the entries of a sheet say something, by registration."""
    about: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.registration_id is not None:
            about[entry.registration_id].append(entry)
    return {who: standing_of(of_one) for who, of_one in about.items()}


def _after(standing: Standing, entry: Entry) -> Standing:
    if entry.kind in SIGNATURES:
        marks = tuple(entry.said.get("marks", ()))
        standing = replace(standing, signed=entry, struck=None, marks=marks)
    elif entry.kind == "struck":
        before = standing.signed or standing.before_strike
        standing = replace(standing, signed=None, struck=entry, before_strike=before, marks=())
    elif entry.kind == "corrected" and "marks" in entry.said:
        standing = replace(standing, marks=tuple(entry.said["marks"]))
    elif entry.kind == "left":
        standing = replace(standing, left_at=entry.at)
    elif entry.kind == "arrived":
        back = standing.left_at is not None and entry.at >= standing.left_at
        came = standing.arrived_at if back else entry.at
        standing = replace(standing, arrived_at=came, left_at=None if back else standing.left_at)
    return replace(standing, named=entry) if entry.name else standing
