"""Sheets sealed now, as an organiser or an operator wants: each in a transaction of its own."""

from services.sheets.base.records import SheetRecord, id_of, sheet_by_id, sheets_by_conference
from services.sheets.base.seals import SealRecord
from services.sheets.sealing.orders import ask_for_seal
from services.sheets.signing.parties import By
from shared.base.database import Database
from shared.base.transactions import retried


@retried
def seal_now(
    database: Database, sheet_id: str, *, by: By, reason: str = "", again: bool = False
) -> SealRecord:
    """Raises Refused: unknown, withdrawn, empty."""
    with database.begin() as connection:
        return ask_for_seal(connection, sheet_id, by=by, reason=reason, again=again)


def to_seal(database: Database, conference: str, unit: str | None = None) -> list[SheetRecord]:
    """That sheet; all of a conference that were signed, without. Raises Refused("unknown")."""
    with database.read() as connection:
        if unit is not None:
            return [sheet_by_id(connection, id_of(conference, unit))]
        found = sheets_by_conference(connection, conference)
    return [each for each in found if each.length and each.state != "withdrawn"]
