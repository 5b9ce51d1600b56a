"""Which sheets people may be signing now, and where a code without an address belongs."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from services.sheets.base.records import COLUMNS, SheetRecord, sheet_of
from services.sheets.base.tables import Sheet

AROUND = timedelta(hours=2)  # before a session and after it, its room's screen shows a code
MOST = 300


def has_code(sheet: SheetRecord, moment: datetime) -> bool:
    """Whether its room's screen shows a code at that moment."""
    return sheet.state == "open" and sheet.starts_at - AROUND <= moment < sheet.ends_at + AROUND


def sheets_at(
    connection: Connection, moment: datetime, conference: str | None = None
) -> list[SheetRecord]:
    """Those whose screens show a code, of all conferences or of one."""
    statement = (
        select(*COLUMNS)
        .where(
            Sheet.state == "open",
            Sheet.starts_at <= moment + AROUND,
            Sheet.ends_at > moment - AROUND,
        )
        .order_by(Sheet.starts_at, Sheet.id)
        .limit(MOST)
    )
    if conference is not None:
        statement = statement.where(Sheet.conference == conference)
    return [sheet_of(row) for row in connection.execute(statement)]
