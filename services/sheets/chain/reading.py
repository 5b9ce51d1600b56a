"""Entries as they come out of the database."""

from collections import defaultdict
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, select

from services.sheets.base.tables import EntryRow
from services.sheets.chain.entries import Entry

_NAMES = tuple(each.name for each in fields(Entry))
COLUMNS = tuple(getattr(EntryRow, name) for name in _NAMES)


def entry_of(row: Any) -> Entry:
    """Of a row with `COLUMNS`."""
    return Entry(**{name: getattr(row, name) for name in _NAMES})


def entries_of(connection: Connection, sheet_id: str) -> list[Entry]:
    """Of a sheet, by number."""
    rows = connection.execute(
        select(*COLUMNS).where(EntryRow.sheet_id == sheet_id).order_by(EntryRow.number)
    )
    return [entry_of(row) for row in rows]


def entries_about(connection: Connection, registration_id: str) -> dict[str, list[Entry]]:
    """About one person, by sheet; of each by number."""
    rows = connection.execute(
        select(*COLUMNS)
        .where(EntryRow.registration_id == registration_id)
        .order_by(EntryRow.sheet_id, EntryRow.number)
    )
    found: dict[str, list[Entry]] = defaultdict(list)
    for row in rows:
        found[row.sheet_id].append(entry_of(row))
    return dict(found)


def entry_by_key(connection: Connection, sheet_id: str, key: str) -> Entry | None:
    """What was appended with this key, if anything was."""
    row = connection.execute(
        select(*COLUMNS).where(EntryRow.sheet_id == sheet_id, EntryRow.key == key)
    ).first()
    return entry_of(row) if row else None
