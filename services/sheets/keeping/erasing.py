"""Erasing a person: what of entries tells who they were, their pictures, the files that show them.

The chain stays whole: a new entry says which ones were blanked. Where somebody else may still ask
who signed, and so asks the purpose that the organiser chose, what was signed stays until its years
are over (`retention`), as with the certificats de réalisation; all else goes at once.
"""

from collections.abc import Callable

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from services.sheets.base.records import SheetRecord, sheet_by_id
from services.sheets.base.tables import (
    Act,
    Bundle,
    Choice,
    Day,
    Device,
    EntryRow,
    HeldSeat,
    Host,
    Participant,
    Refusal,
    Sheet,
)
from services.sheets.chain.entries import ERASED
from services.sheets.chain.reading import entries_about
from services.sheets.chain.standing import standing_of
from services.sheets.funder.realisations import forget_realisation
from services.sheets.keeping.blanking import (
    BLANK,
    blank,
    forget_bundles,
    forget_files,
    forget_pictures,
    unsign,
)
from services.sheets.lists.choices import choice_of
from services.sheets.lists.people import NOBODY
from shared.base.database import forget_overwritten, upsert
from shared.bus.redaction import redact_named
from shared.storage import Storage

GONE = "—"


def erase_person(
    connection: Connection, storage: Storage, registration_id: str, conference: str
) -> None:
    """Nothing late brings them back. Their lines of sheets stay, and say that they were erased.

    Nobody asks for a funder's file meanwhile, which would not be among those that are forgotten.
    """
    known = connection.execute(
        select(Participant.conference).where(Participant.registration_id == registration_id)
    ).scalar()
    slug = known or conference
    connection.execute(select(Day.slug).where(Day.slug == slug).with_for_update())
    tombstone = {
        "registration_id": registration_id,
        "conference": slug,
        **NOBODY,
    }
    statement = upsert(connection, Participant).values(tombstone)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["registration_id"], set_=tombstone)
    )
    for table in (HeldSeat, Refusal):
        connection.execute(delete(table).where(table.registration_id == registration_id))
    forget_realisation(connection, registration_id)
    asked_for = choice_of(connection, slug).is_asked_for
    blank_entries(connection, storage, registration_id, slug, keep_signed=asked_for)
    forget_bundles(connection, storage, slug)  # which also list who has signed nothing yet


def blank_entries(
    connection: Connection, storage: Storage, registration_id: str, slug: str, *, keep_signed: bool
) -> None:
    """Blank somebody's entries, and forget every sealed sheet that names them, signed or missing;
    again is harmless. With `keep_signed` not of those sheets where their signature counts.

    Every sheet is locked, the unsealed too: none is sealed with a name read before.
    """
    of_it = select(Sheet.id).where(Sheet.conference == slug).order_by(Sheet.id)
    ids = connection.execute(of_it).scalars().all()
    sheets = [sheet_by_id(connection, sheet_id, lock=True) for sheet_id in ids]
    entries = entries_about(connection, registration_id)
    for sheet in sheets:
        about = entries.get(sheet.id, [])
        if keep_signed and standing_of(about).signed:
            continue
        numbers = [each.number for each in about if each.person and not each.erased]
        told = any(ERASED in each.said for each in about)
        named = sheet.seal and (about or _is_listed(connection, sheet, registration_id))
        if numbers or (named and not told):
            forget_pictures(connection, [e.picture_id for e in about if e.picture_id])
            blank(connection, sheet, numbers, BLANK, {ERASED: numbers}, about=registration_id)
            forget_files(connection, storage, sheet)


def _is_listed(connection: Connection, sheet: SheetRecord, registration_id: str) -> bool:
    """Whether a seal of the sheet says their name."""
    seals = select(EntryRow.said).where(EntryRow.sheet_id == sheet.id, EntryRow.kind == "sealed")
    said = connection.execute(seals).scalars()
    return any(registration_id in each.get("listed", ()) for each in said)


def erase_organiser(
    connection: Connection, storage: Storage, is_them: Callable[[str], bool]
) -> None:
    """That something was done stays, by whom does not; a funder's file says who copied what."""
    for column in (Act.actor, Bundle.asked_by, Choice.set_by, Device.created_by, Host.named_by):
        for name in _named(connection, column, is_them):
            connection.execute(
                update(column.class_).where(column == name).values({column.key: GONE})
            )
    own = EntryRow.actor.in_(_named(connection, EntryRow.actor, is_them))
    days = select(Sheet.conference).join(EntryRow, EntryRow.sheet_id == Sheet.id).where(own)
    slugs = connection.execute(days.distinct().order_by(Sheet.conference)).scalars().all()
    unsign(connection, own)
    for slug in slugs:
        forget_bundles(connection, storage, slug)
    redact_named(connection, is_them)
    forget_overwritten(connection)


def _named(
    connection: Connection, column: InstrumentedAttribute[str], is_them: Callable[[str], bool]
) -> list[str]:
    names = connection.execute(select(column).distinct()).scalars()
    return [name for name in names if name and is_them(name)]
