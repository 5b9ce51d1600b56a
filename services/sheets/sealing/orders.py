"""Asking for a sheet to be sealed: its state, its last entry and its code are settled at once; the
document is a job, which a kill does not lose.

Nobody signs a sealed sheet. What is done to it since (a correction, a signature that was on its
way) is one more entry, and asks for one more seal.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Literal

from sqlalchemy import Connection, insert, select, update

from services.sheets.base.records import SheetRecord, sheet_by_id, sheets_by_conference
from services.sheets.base.refusals import Refused
from services.sheets.base.seals import SealRecord, newest_of_conference, seal_by_number
from services.sheets.base.tables import Host, Participant, Seal, Sheet
from services.sheets.base.timers import SheetDue, look_at
from services.sheets.chain.appending import Draft, append
from services.sheets.chain.entries import HEADING, Entry
from services.sheets.chain.reading import entries_of
from services.sheets.chain.standing import by_person
from services.sheets.lists.expected import on_list
from services.sheets.sealing.heading import heading_of
from services.sheets.signing.parties import By
from shared.base.clock import now
from shared.bus.inbox import schedule
from shared.events import Payload
from shared.words.codes import PRINTED, new_code

Why = Literal["first", "changed", "erased", "again"]
SYSTEM = By("system")


class SealAsked(Payload):
    """The document of a seal is to be made."""

    type: ClassVar[str] = "sheet.seal-asked"
    sheet: str
    seal: int


def ask_for_seal(
    connection: Connection, sheet_id: str, *, by: By, reason: str = "", again: bool = False
) -> SealRecord:
    """The seal of the sheet as it is now: the one there is, when nothing happened since, unless it
    is wanted `again`. Raises Refused: unknown, withdrawn, empty."""
    sheet = sheet_by_id(connection, sheet_id, lock=True)
    entries = entries_of(connection, sheet_id)
    newest = seal_by_number(connection, sheet_id, sheet.seal) if sheet.seal else None
    if newest is None and sheet.state == "withdrawn":
        raise Refused("withdrawn", "sheet")
    if not entries:
        raise Refused("empty", "sheet")
    why = _why(sheet, entries, newest, again=again)
    if newest is not None and why is None:
        return newest
    return _seal(connection, sheet, entries, by, reason, why or "first")


def seal_changed(connection: Connection, slug: str) -> bool:
    """Seal anew at once, of a conference, what was changed since its seal; whether a document of a
    seal is still to come."""
    sheets = {sheet.id: sheet for sheet in sheets_by_conference(connection, slug)}
    seals = sorted(newest_of_conference(connection, slug), key=lambda each: each.sheet_id)
    is_to_come = False
    for seal in seals:
        if sheets[seal.sheet_id].length > seal.entries:
            seal = ask_for_seal(connection, seal.sheet_id, by=SYSTEM)
        is_to_come = is_to_come or not (seal.file or seal.gone_at)
    return is_to_come


def look(connection: Connection, due: SheetDue) -> None:
    """Whether the sheet is to be sealed now."""
    sheet = sheet_by_id(connection, due.sheet, lock=True)
    if sheet.state == "sealed":
        if sheet.length == due.length:  # else what came later asks for itself
            ask_for_seal(connection, sheet.id, by=SYSTEM)
    elif sheet.state == "open":
        latest = sheet.ends_at + _PATIENCE
        if now() < latest and _hosts_missing(connection, sheet.id):
            look_at(connection, sheet.id, sheet.length, latest)
        else:
            ask_for_seal(connection, sheet.id, by=SYSTEM)


def blank(entries: Sequence[Entry]) -> int:
    """How many are about somebody who was erased, or made by one."""
    return sum(each.erased or bool(each.author and not each.author_salt) for each in entries)


_PATIENCE = timedelta(hours=12)  # for a second host


def _why(
    sheet: SheetRecord, entries: list[Entry], newest: SealRecord | None, *, again: bool
) -> Why | None:
    if newest is None:
        return "first"
    if sheet.length > newest.entries:
        return "changed"
    if newest.file and blank(entries) != newest.erased:
        return "erased"
    return "again" if again else None


def _seal(
    connection: Connection,
    sheet: SheetRecord,
    entries: list[Entry],
    by: By,
    reason: str,
    why: Why,
) -> SealRecord:
    standings = by_person(entries)
    listed = connection.execute(select(Participant.registration_id).where(on_list(sheet))).scalars()
    number = sheet.seal + 1
    signed = {who for who, each in standings.items() if each.signed}
    people = sorted({*listed, *signed})
    code = new_code(*PRINTED)
    of = heading_of(connection, sheet).model_dump(mode="json")
    draft = Draft(
        kind="sealed",
        key=f"seal:{number}",
        at=now(),
        actor_kind=by.kind,
        actor=by.name,
        reason=reason.strip(),
        said={"seal": number, "code": code, "why": why, "listed": people, HEADING: of},
    )
    entry, after = append(connection, sheet, draft)
    connection.execute(
        insert(Seal).values(
            sheet_id=sheet.id,
            number=number,
            code=code,
            entries=after.length,
            head=after.head,
            digest="",
            file="",
            sealed_at=entry.noted_at,
            listed=len(people),
            signed=len(signed),
            erased=0,
        )
    )
    connection.execute(
        update(Sheet).where(Sheet.id == sheet.id).values(state="sealed", seal=number)
    )
    connection.execute(
        update(Seal)
        .where(Seal.sheet_id == sheet.id, Seal.number < number, Seal.replaced_at.is_(None))
        .values(replaced_at=entry.noted_at)
    )
    order_document(connection, sheet.id, number)
    return seal_by_number(connection, sheet.id, number)


def order_document(connection: Connection, sheet_id: str, number: int) -> None:
    """A job, once for this seal."""
    asked = SealAsked(sheet=sheet_id, seal=number)
    schedule(connection, asked, key=f"seal:{sheet_id}:{number}", at=now(), lane="bulk")


def _hosts_missing(connection: Connection, sheet_id: str) -> bool:
    """Whether somebody who has a link has not countersigned yet."""
    waits = select(Host.id).where(
        Host.sheet_id == sheet_id, Host.signed_at.is_(None), Host.ended_at.is_(None)
    )
    return connection.execute(waits.limit(1)).first() is not None
