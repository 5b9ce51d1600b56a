"""Erasing a person: what of entries tells who they were, their pictures, the files that show them.

The chain stays whole: a new entry says which ones were blanked. Where somebody else may still ask
who signed, and so asks the purpose that the organiser chose, what was signed stays until its years
are over (`retention`), as with the certificats de réalisation; all else goes at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from services.sheets.base.files import bundle_prefix, sealed_prefix
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
    Picture,
    Refusal,
    Seal,
    Sheet,
)
from services.sheets.chain.appending import Draft, append
from services.sheets.chain.entries import ERASED, UNSIGNED
from services.sheets.chain.reading import entries_about, entries_of
from services.sheets.chain.standing import standing_of
from services.sheets.lists.choices import choice_of
from services.sheets.lists.people import NOBODY
from shared.base.clock import now
from shared.base.database import forget_overwritten, upsert
from shared.bus.eventlog import EventLog
from shared.bus.redaction import redact_named
from shared.bus.rewriting import rewrite, wait_until_filed
from shared.events.letters import ReaderErased
from shared.events.registration import PROGRAMMES, SpeakerErased
from shared.events.speakers import speaker_id, without_speaker
from shared.storage import Storage

GONE = "—"
BLANK = {"salt": "", "name": "", "organisation": "", "reason": "", "picture_id": None}
UNSIGNED_BLANK = {"author_salt": "", "actor": ""}


def erase_person(
    connection: Connection, storage: Storage, registration_id: str, conference: str
) -> None:
    """Nothing late brings them back. Their lines of sheets stay, and say that they were erased."""
    known = connection.execute(
        select(Participant.conference).where(Participant.registration_id == registration_id)
    ).scalar()
    tombstone = {
        "registration_id": registration_id,
        "conference": known or conference,
        **NOBODY,
    }
    statement = upsert(connection, Participant).values(tombstone)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["registration_id"], set_=tombstone)
    )
    for table in (HeldSeat, Refusal):
        connection.execute(delete(table).where(table.registration_id == registration_id))
    slug = known or conference
    asked_for = choice_of(connection, slug).is_asked_for
    blank_entries(connection, storage, registration_id, slug, keep_signed=asked_for)
    _forget_bundles(connection, storage, slug)  # which also list who has signed nothing yet


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
        about = [each for each in entries if each.sheet_id == sheet.id]
        if keep_signed and standing_of(about).signed:
            continue
        numbers = [each.number for each in about if each.person and not each.erased]
        told = any(ERASED in each.said for each in about)
        named = sheet.seal and (about or _is_listed(connection, sheet, registration_id))
        if numbers or (named and not told):
            _forget_pictures(connection, [e.picture_id for e in about if e.picture_id])
            _blank(connection, sheet, numbers, BLANK, {ERASED: numbers}, about=registration_id)
            _forget_files(connection, storage, sheet)


def _is_listed(connection: Connection, sheet: SheetRecord, registration_id: str) -> bool:
    """Whether a seal of the sheet says their name."""
    seals = select(EntryRow.said).where(EntryRow.sheet_id == sheet.id, EntryRow.kind == "sealed")
    said = connection.execute(seals).scalars()
    return any(registration_id in each.get("listed", ()) for each in said)


def erase_organiser(connection: Connection, is_them: Callable[[str], bool]) -> None:
    """That something was done stays, by whom does not."""
    for column in (Act.actor, Bundle.asked_by, Choice.set_by, Device.created_by, Host.named_by):
        for name in _named(connection, column, is_them):
            connection.execute(
                update(column.class_).where(column == name).values({column.key: GONE})
            )
    _unsign(connection, EntryRow.actor.in_(_named(connection, EntryRow.actor, is_them)))
    redact_named(connection, is_them)
    forget_overwritten(connection)


def erase_speaker(
    connection: Connection, storage: Storage, log: EventLog, erased: SpeakerErased
) -> None:
    """Of the programme, of the hosts and of what they signed as such; kept like participants'.
    Raises Later while a programme is being noted, which may be one of before."""
    wait_until_filed(connection, PROGRAMMES)
    slug, speaker = erased.conference, erased.speaker_id

    def is_them(name: str) -> bool:
        return bool(name) and str(speaker_id(slug, name)) == speaker

    rewrite(
        connection,
        PROGRAMMES,
        lambda said: (
            without_speaker(slug, speaker, said) if said["conference"]["slug"] == slug else said
        ),
    )
    day = select(Day.data).where(Day.slug == slug).with_for_update()
    data = connection.execute(day).scalar()
    if data is not None:
        kept = without_speaker(slug, speaker, data)
        connection.execute(update(Day).where(Day.slug == slug).values(data=kept))
    asked_for = choice_of(connection, slug).is_asked_for
    hosts = connection.execute(
        select(Host.id, Host.name, Host.sheet_id)
        .join(Sheet, Sheet.id == Host.sheet_id)
        .where(Sheet.conference == slug)
        .order_by(Host.sheet_id)  # as sheets are locked everywhere
    ).all()
    for host in hosts:
        if is_them(host.name):
            values = {"name": "", "email": "", "ended_at": now()}
            connection.execute(update(Host).where(Host.id == host.id).values(values))
            log.append(connection, ReaderErased(erased_at=now()), subject=host.id)
            if not asked_for:
                _blank_host(connection, storage, host.sheet_id, is_them)


def _blank_host(
    connection: Connection, storage: Storage, sheet_id: str, is_them: Callable[[str], bool]
) -> None:
    sheet = sheet_by_id(connection, sheet_id, lock=True)
    entries = entries_of(connection, sheet_id)
    signed = [e for e in entries if e.registration_id is None and is_them(e.name)]
    if signed:
        numbers = [each.number for each in signed]
        _forget_pictures(connection, [each.picture_id for each in signed if each.picture_id])
        _blank(connection, sheet, numbers, BLANK, {ERASED: numbers})
        _forget_files(connection, storage, sheet)
    if any(is_them(each.actor) for each in entries):
        own = {each.actor for each in entries if is_them(each.actor)}
        _unsign(connection, (EntryRow.sheet_id == sheet_id) & EntryRow.actor.in_(own))


def _unsign(connection: Connection, which: ColumnElement[bool]) -> None:
    """Entries stay without who made them."""
    rows = connection.execute(select(EntryRow.sheet_id, EntryRow.number).where(which)).all()
    for sheet_id in sorted({row.sheet_id for row in rows}):
        numbers = sorted(row.number for row in rows if row.sheet_id == sheet_id)
        sheet = sheet_by_id(connection, sheet_id, lock=True)
        _blank(connection, sheet, numbers, UNSIGNED_BLANK, {UNSIGNED: numbers})


def _blank(
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


def _forget_pictures(connection: Connection, picture_ids: Iterable[str]) -> None:
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


def _forget_files(connection: Connection, storage: Storage, sheet: SheetRecord) -> None:
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
    _forget_bundles(connection, storage, sheet.conference)


def _forget_bundles(connection: Connection, storage: Storage, slug: str) -> None:
    storage.forget(bundle_prefix(slug))
    connection.execute(
        update(Bundle)
        .where(Bundle.conference == slug, Bundle.state.in_(("asked", "making", "made")))
        .values(state="gone", file="")
    )


def _named(
    connection: Connection, column: InstrumentedAttribute[str], is_them: Callable[[str], bool]
) -> list[str]:
    names = connection.execute(select(column).distinct()).scalars()
    return [name for name in names if name and is_them(name)]
