"""Conferences as their newest event tells of them, and the sheets that follow from it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from services.sheets.base.records import SheetRecord, id_of, sheet_by_id, sheets_by_conference
from services.sheets.base.tables import Day, Device, Host, Sheet
from services.sheets.base.units import Unit, UnitKind, units_of
from services.sheets.chain.appending import Draft, append
from services.sheets.chain.entries import first_previous
from services.sheets.chain.reading import entries_of
from services.sheets.chain.standing import by_person
from services.sheets.lists.evidence import tell
from shared.base.clock import now
from shared.base.database import upsert
from shared.bus.eventlog import EventLog
from shared.events.registration import Programme


def keep_day(
    connection: Connection, programme: Programme, cancelled_at: datetime | None = None
) -> None:
    """What comes late is not kept; a day that is cancelled stays so."""
    statement = upsert(connection, Day).values(
        slug=programme.conference.slug,
        version=programme.programme_version,
        cancelled_at=cancelled_at,
        data=Programme.model_dump(programme, mode="json", include=_KEPT),
    )
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[Day.slug],
            set_={
                "version": new.version,
                "cancelled_at": func.coalesce(Day.cancelled_at, new.cancelled_at),
                "data": new.data,
            },
            where=or_(
                Day.version < new.version,
                (Day.version == new.version) & new.cancelled_at.is_not(None),
            ),
        )
    )


def programme_of(connection: Connection, slug: str) -> Programme | None:
    """As it is now; None of a day that nothing was told of."""
    data = connection.execute(select(Day.data).where(Day.slug == slug)).scalar()
    return None if data is None else Programme.model_validate(data)


def chosen_of(connection: Connection, slug: str) -> frozenset[str]:
    """The sessions of choice: who holds no place there is not expected."""
    programme = programme_of(connection, slug)
    sessions = programme.sessions if programme else ()
    return frozenset(each.session for each in sessions if each.chosen)


def follow(connection: Connection, log: EventLog, slug: str, kind: UnitKind) -> None:
    """The sheets of a day become those of its programme: new ones are there, others are moved, and
    what is gone is withdrawn, with all that was signed. A sealed sheet stays as it was sealed."""
    row = connection.execute(
        select(Day.cancelled_at, Day.data).where(Day.slug == slug).with_for_update()
    ).first()
    if row is None:
        return
    units = units_of(Programme.model_validate(row.data), kind)
    if row.cancelled_at is not None:  # what had begun stays; no other comes to life as time passes
        units = [each for each in units if each.starts_at <= row.cancelled_at]
    wanted = {id_of(slug, unit.key): unit for unit in units}
    there = {sheet.id for sheet in sheets_by_conference(connection, slug)}
    for sheet_id in sorted(there):
        _follow_one(connection, log, sheet_id, wanted.get(sheet_id))
    for sheet_id in sorted(wanted.keys() - there):
        connection.execute(
            upsert(connection, Sheet)
            .values(
                id=sheet_id,
                conference=slug,
                state="open",
                length=0,
                head=first_previous(sheet_id),
                seal=0,
                **_header(wanted[sheet_id]),
            )
            .on_conflict_do_nothing()
        )


def forget_day(connection: Connection, slug: str) -> None:
    """A draft is gone: it had nobody, so nothing was signed; what was all the same, stays."""
    unsigned = select(Sheet.id).where(Sheet.conference == slug, Sheet.length == 0)
    connection.execute(delete(Host).where(Host.sheet_id.in_(unsigned)))
    connection.execute(delete(Device).where(Device.conference == slug))
    connection.execute(delete(Sheet).where(Sheet.conference == slug, Sheet.length == 0))
    connection.execute(delete(Day).where(Day.slug == slug))


def _follow_one(connection: Connection, log: EventLog, sheet_id: str, unit: Unit | None) -> None:
    sheet = sheet_by_id(connection, sheet_id, lock=True)
    if sheet.state == "sealed":
        return
    if unit is None:
        _write(connection, sheet.id, state="withdrawn")
        return
    _write(connection, sheet.id, state="open", **_header(unit))
    is_told = (sheet.starts_at, sheet.ends_at, sheet.sessions)
    if sheet.length and is_told != (unit.starts_at, unit.ends_at, unit.sessions):
        _tell_anew(connection, log, sheet_by_id(connection, sheet_id), unit)


def _tell_anew(connection: Connection, log: EventLog, sheet: SheetRecord, unit: Unit) -> None:
    """Some had signed for another time: the chain says what it is now, and so is told."""
    now_said = {
        "programme": {
            "starts_at": unit.starts_at.isoformat(),
            "ends_at": unit.ends_at.isoformat(),
            "sessions": [*unit.sessions],
        }
    }
    key = f"programme:{sheet.length + 1}"
    draft = Draft("corrected", key, now(), "system", said=now_said)
    entry, sheet = append(connection, sheet, draft)
    chosen = chosen_of(connection, sheet.conference)
    for who, standing in by_person(entries_of(connection, sheet.id)).items():
        if standing.signed:
            tell(connection, log, sheet, who, standing, number=entry.number, chosen=chosen)


def _header(unit: Unit) -> dict[str, Any]:
    said = asdict(unit)
    return {"unit": said.pop("key"), **said, "sessions": [*unit.sessions]}


def _write(connection: Connection, sheet_id: str, **columns: Any) -> None:
    connection.execute(update(Sheet).where(Sheet.id == sheet_id).values(columns))


_KEPT = {*Programme.model_fields}
