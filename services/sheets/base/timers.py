"""What is looked at later, of itself: whether a sheet is to be sealed, or sealed anew."""

from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Connection

from shared.bus.inbox import schedule
from shared.events import Payload

# Who corrects a sealed sheet seldom corrects one line alone.
SETTLED = timedelta(minutes=2)
# After its end a sheet may still be signed by those who go out; who countersigns may be asked.
SIGNED_OUT = timedelta(minutes=60)


class SheetDue(Payload):
    """A host countersigned a sheet, or something happened to one that is sealed. `length`: how many
    entries it had then; what comes after asks for itself."""

    type: ClassVar[str] = "sheet.due"
    sheet: str
    length: int


def look_at(connection: Connection, sheet_id: str, length: int, at: datetime) -> None:
    """Once for this state of the sheet and this moment."""
    key = f"sheet:{sheet_id}:{length}:{at:%Y%m%d%H%M%S}"
    schedule(connection, SheetDue(sheet=sheet_id, length=length), key=key, at=at)
