"""A sheet as a row, and the lock that everything appended to it is written under."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from sqlalchemy import Connection, select

from services.sheets.base.refusals import Refused
from services.sheets.base.tables import Sheet

State = Literal["open", "sealed", "withdrawn"]
_SHEETS = UUID("01938f0a-7d64-7c11-8a54-9f2b6c1d7e30")


@dataclass(frozen=True)
class SheetRecord:
    """As stored: `tables.Sheet` says what each is."""

    id: str
    conference: str
    unit: str
    title: str
    room: str
    starts_at: datetime
    ends_at: datetime
    sessions: tuple[str, ...]
    open_to_all: bool
    state: State
    length: int
    head: str
    seal: int


def id_of(conference: str, unit: str) -> str:
    """Of the one sheet of that unit: two that make it make the same."""
    return uuid5(_SHEETS, f"{conference}/{unit}").hex


def sheet_by_id(connection: Connection, sheet_id: str, *, lock: bool = False) -> SheetRecord:
    """Raises Refused("unknown"). With `lock`, nobody else appends until the transaction ends."""
    statement = select(*COLUMNS).where(Sheet.id == sheet_id)
    row = connection.execute(statement.with_for_update() if lock else statement).first()
    if row is None:
        raise Refused("unknown", "sheet")
    return sheet_of(row)


def sheets_by_conference(connection: Connection, slug: str | None) -> list[SheetRecord]:
    """In the order of the day, withdrawn ones too; without a slug, of all conferences."""
    statement = select(*COLUMNS).order_by(
        Sheet.conference, Sheet.starts_at, Sheet.ends_at, Sheet.title, Sheet.id
    )
    if slug is not None:
        statement = statement.where(Sheet.conference == slug)
    return [sheet_of(row) for row in connection.execute(statement)]


def sheet_of(row: Any) -> SheetRecord:
    """Of a row with `COLUMNS`."""
    said = {name: getattr(row, name) for name in _NAMES}
    return SheetRecord(**{**said, "sessions": tuple(said["sessions"])})


_NAMES = tuple(each.name for each in fields(SheetRecord))
COLUMNS = tuple(getattr(Sheet, name) for name in _NAMES)
