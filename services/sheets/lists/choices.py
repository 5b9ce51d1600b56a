"""What an organiser chose for the sheets of a conference: of what there is one, and what asks that
they are kept.

It can be changed until somebody has signed (the unit) or for ever (what asks for them).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from services.sheets.base.tables import Choice as ChoiceRow
from services.sheets.base.tables import Sheet
from services.sheets.base.units import UnitKind, kind_of, suggested
from services.sheets.lists.days import programme_of
from shared.base.clock import now
from shared.base.database import upsert
from shared.events.parts import Conference

Purpose = Literal["own", "training", "tax", "european"]

# For how many years after that of the day, by what asks for it: nobody but the organiser; funders
# of training; tax inspection; European funds and the books.
YEARS: Mapping[Purpose, int] = {"own": 3, "training": 3, "tax": 6, "european": 10}


@dataclass(frozen=True)
class Choice:
    """`made`: an organiser did; else it is what is suggested."""

    unit: UnitKind
    purpose: Purpose
    years: int
    made: bool

    @property
    def is_asked_for(self) -> bool:
        """Whether somebody else may ask who signed, even when that person wants to be erased."""
        return self.purpose != "own"

    def kept_until(self, conference: Conference) -> datetime:
        """The end of the last day of the year, on the clocks of the conference."""
        zone = ZoneInfo(conference.timezone)
        last = date(conference.ends_at.astimezone(zone).year + self.years, 12, 31)
        return datetime.combine(last + timedelta(days=1), time(), zone)


def choice_of(connection: Connection, slug: str) -> Choice:
    """What was chosen, or what the programme suggests, until somebody has signed."""
    row = connection.execute(
        select(ChoiceRow.unit, ChoiceRow.purpose, ChoiceRow.years).where(
            ChoiceRow.conference == slug
        )
    ).first()
    if row is not None:
        return Choice(row.unit, row.purpose, row.years, made=True)
    unit = signed_unit(connection, slug)
    if unit is None:
        programme = programme_of(connection, slug)
        unit = "session" if programme is None else suggested(programme)
    return Choice(unit, "own", YEARS["own"], made=False)


def signed_unit(connection: Connection, slug: str) -> UnitKind | None:
    """Of what the sheets are that somebody has signed; None while nobody has. A sheet with an entry
    was signed, though it was struck since, or by its host alone: it is not made into another."""
    key = connection.execute(
        select(Sheet.unit)
        .where(Sheet.conference == slug, Sheet.state != "withdrawn", Sheet.length > 0)
        .limit(1)
    ).scalar()
    return None if key is None else kind_of(key)


def copy_choice(connection: Connection, slug: str, original: str) -> None:
    """A day made of another one has its choice, unless it has one already."""
    row = connection.execute(
        select(ChoiceRow.unit, ChoiceRow.purpose, ChoiceRow.years, ChoiceRow.set_by).where(
            ChoiceRow.conference == original
        )
    ).first()
    if row is not None:
        statement = upsert(connection, ChoiceRow).values(
            conference=slug,
            unit=row.unit,
            purpose=row.purpose,
            years=row.years,
            set_by=row.set_by,
            set_at=now(),
        )
        connection.execute(statement.on_conflict_do_nothing())


def forget_choice(connection: Connection, slug: str) -> None:
    connection.execute(delete(ChoiceRow).where(ChoiceRow.conference == slug))
