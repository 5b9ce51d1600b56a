"""What a signature is evidence of, and telling it to others."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from services.sheets.base.records import SheetRecord
from services.sheets.base.tables import HeldSeat
from services.sheets.chain.standing import Standing
from shared.bus.eventlog import EventLog
from shared.events.sheets import AttendanceSigned


def sessions_of(
    connection: Connection, sheet: SheetRecord, registration_id: str, chosen: Collection[str]
) -> tuple[str, ...]:
    """Which sessions of a sheet somebody's signature is for: those for everybody, and of `chosen`,
    the sessions of choice, what they hold a place in. All, of whoever has none of them."""
    if len(sheet.sessions) == 1:
        return sheet.sessions
    held = connection.execute(
        select(HeldSeat.session).where(HeldSeat.registration_id == registration_id)
    ).scalars()
    others = {*chosen} - {*held}
    return tuple(each for each in sheet.sessions if each not in others) or sheet.sessions


def tell(
    connection: Connection,
    log: EventLog,
    sheet: SheetRecord,
    registration_id: str,
    standing: Standing,
    *,
    number: int,
    chosen: Collection[str],
) -> None:
    """In the transaction of the entry with this number: what the sheet now says of somebody who
    signed, or whose signature was struck."""
    signature = standing.signed or standing.before_strike
    if signature is None:
        return
    starts_at, ends_at = standing.present(sheet.starts_at, sheet.ends_at)
    withdrawn = standing.signed is None or starts_at >= ends_at
    told = AttendanceSigned(
        registration_id=registration_id,
        conference=sheet.conference,
        sheet=sheet.id,
        entry=number,
        sessions=sessions_of(connection, sheet, registration_id, chosen),
        starts_at=sheet.starts_at if withdrawn else starts_at,
        ends_at=sheet.ends_at if withdrawn else ends_at,
        signed_at=signature.at,
        source=signature.source or "organiser",
        withdrawn=withdrawn,
    )
    log.append(connection, told, subject=registration_id)
