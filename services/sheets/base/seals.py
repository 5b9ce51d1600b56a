"""Seals as rows: how a sheet was sealed, by number and by code."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from services.sheets.base.files import sealed_prefix
from services.sheets.base.tables import Seal, Sheet


@dataclass(frozen=True)
class SealRecord:
    """As stored: `tables.Seal` says what each is."""

    sheet_id: str
    number: int
    code: str
    entries: int
    head: str
    digest: str
    file: str
    sealed_at: datetime
    listed: int
    signed: int
    erased: int
    replaced_at: datetime | None
    gone_at: datetime | None

    @property
    def prefix(self) -> str:
        """How every key in the storage begins that a file of this seal ever had."""
        return f"{sealed_prefix(self.sheet_id)}-{self.number}-"

    @property
    def made(self) -> bool:
        return bool(self.file) and self.gone_at is None


def seal_by_code(connection: Connection, code: str) -> SealRecord | None:
    return _one(connection, Seal.code == code)


def seal_by_digest(connection: Connection, digest: str) -> SealRecord | None:
    return _one(connection, Seal.digest == digest)


def seal_by_number(connection: Connection, sheet_id: str, number: int) -> SealRecord:
    """One that is known to be there."""
    found = _one(connection, Seal.sheet_id == sheet_id, Seal.number == number)
    if found is None:
        raise LookupError(f"sheet {sheet_id} has no seal {number}")
    return found


def seals_of(connection: Connection, sheet_id: str) -> list[SealRecord]:
    """All of a sheet, the first first."""
    rows = connection.execute(
        select(*_COLUMNS).where(Seal.sheet_id == sheet_id).order_by(Seal.number)
    )
    return [_record(row) for row in rows]


def newest_of_conference(connection: Connection, slug: str) -> list[SealRecord]:
    """The seal that counts of each sealed sheet, in the order of the day."""
    rows = connection.execute(
        select(*_COLUMNS)
        .join(Sheet, (Sheet.id == Seal.sheet_id) & (Sheet.seal == Seal.number))
        .where(Sheet.conference == slug)
        .order_by(Sheet.starts_at, Sheet.ends_at, Sheet.id)
    )
    return [_record(row) for row in rows]


def _one(connection: Connection, *conditions: Any) -> SealRecord | None:
    row = connection.execute(select(*_COLUMNS).where(*conditions)).first()
    return _record(row) if row else None


def _record(row: Any) -> SealRecord:
    return SealRecord(**{name: getattr(row, name) for name in _NAMES})


_NAMES = tuple(each.name for each in fields(SealRecord))
_COLUMNS = tuple(getattr(Seal, name) for name in _NAMES)
