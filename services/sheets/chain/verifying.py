"""Whether a sheet's chain is as it was written: pure over entries, and over the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from services.sheets.base.records import sheet_by_id
from services.sheets.chain.entries import Entry
from services.sheets.chain.reading import entries_of

What = Literal["altered", "removed", "inserted", "reordered"]


@dataclass(frozen=True)
class Fault:
    """`number` is where in the sheet; of what was removed, the number that is missing."""

    number: int
    what: What


def faults(sheet_id: str, length: int, head: str, entries: Iterable[Entry]) -> list[Fault]:
    """What is wrong with the entries of a sheet that says it has `length` of them, the last with
    the hash `head`. None are wrong: the empty list."""
    raise NotImplementedError


def verify_sheet(connection: Connection, sheet_id: str) -> Sequence[Fault]:
    """The same of a sheet as it is stored. Raises Refused("unknown")."""
    sheet = sheet_by_id(connection, sheet_id)
    return faults(sheet.id, sheet.length, sheet.head, entries_of(connection, sheet_id))
