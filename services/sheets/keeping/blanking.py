"""What an erasure blanks, and the files that it takes away: the chain says what is gone."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from services.sheets.base.files import bundle_prefix, sealed_prefix
from services.sheets.base.records import SheetRecord, sheet_by_id
from services.sheets.base.tables import Bundle, EntryRow, Picture, Seal
from services.sheets.chain.appending import Draft, append
from services.sheets.chain.entries import UNSIGNED
from shared.base.clock import now
from shared.storage import Storage

BLANK = {"salt": "", "name": "", "organisation": "", "reason": "", "picture_id": None}
UNSIGNED_BLANK = {"author_salt": "", "actor": ""}


def unsign(connection: Connection, which: ColumnElement[bool]) -> None:
    """Entries stay without who made them."""
    rows = connection.execute(select(EntryRow.sheet_id, EntryRow.number).where(which)).all()
    for sheet_id in sorted({row.sheet_id for row in rows}):
        numbers = sorted(row.number for row in rows if row.sheet_id == sheet_id)
        sheet = sheet_by_id(connection, sheet_id, lock=True)
        blank(connection, sheet, numbers, UNSIGNED_BLANK, {UNSIGNED: numbers})


def blank(
    connection: Connection,
    sheet: SheetRecord,
    numbers: Sequence[int],
    values: Mapping[str, str | None],
    said: Mapping[str, list[int]],
    about: str | None = None,
) -> None:
    """In the transaction in which the chain says so. `sheet` is locked."""
    connection.execute(
        update(EntryRow)
        .where(EntryRow.sheet_id == sheet.id, EntryRow.number.in_(numbers))
        .values(values)
    )
    draft = Draft(
        "corrected", f"erased:{uuid4()}", now(), "system", registration_id=about, said=said
    )
    append(connection, sheet, draft)


def forget_pictures(connection: Connection, picture_ids: Iterable[str]) -> None:
    """A signature's row goes; the scan of a paper that others signed too stays as an empty one."""
    own = Picture.id.in_([*picture_ids])
    is_of_one = or_(
        Picture.registration_id.is_not(None),
        Picture.id.in_(
            select(EntryRow.picture_id).where(
                EntryRow.kind == "countersigned", EntryRow.picture_id.is_not(None)
            )
        ),
    )
    connection.execute(delete(Picture).where(own, is_of_one))
    connection.execute(update(Picture).where(own).values(sealed=b"", key_id=""))


def forget_files(connection: Connection, storage: Storage, sheet: SheetRecord) -> None:
    """Sealed sheets and bundles show who was there. The files go first: killed in between, it is
    done again."""
    if not sheet.seal:
        return
    storage.forget(sealed_prefix(sheet.id))
    connection.execute(
        update(Seal)
        .where(Seal.sheet_id == sheet.id, Seal.gone_at.is_(None))
        .values(gone_at=now(), file="")
    )
    forget_bundles(connection, storage, sheet.conference)


def forget_bundles(connection: Connection, storage: Storage, slug: str) -> None:
    """The rows first: whoever puts a part meanwhile waits for them, and then takes it away."""
    of_it = Bundle.conference == slug
    connection.execute(update(Bundle).where(of_it).values(state="gone", progress={}))
    storage.forget(bundle_prefix(slug))
