"""Erasing a speaker: of the programme, of the hosts, and of what they signed as such.

A host is a name: whoever was taken off or corrected since is known by what they signed alone. Kept
as participants' signatures are, for as long as somebody else may ask for them.
"""

from collections.abc import Callable, Collection

from sqlalchemy import Connection, select, update

from services.sheets.base.records import SheetRecord, sheet_by_id
from services.sheets.base.tables import Day, EntryRow, Host, Sheet
from services.sheets.chain.entries import ERASED
from services.sheets.chain.reading import entries_of
from services.sheets.keeping.blanking import (
    BLANK,
    blank,
    forget_bundles,
    forget_files,
    forget_pictures,
    unsign,
)
from services.sheets.lists.choices import choice_of
from shared.base.clock import now
from shared.bus.erasure import erased_among
from shared.bus.eventlog import EventLog
from shared.bus.rewriting import unsay_speaker, wait_until_filed
from shared.events.letters import ReaderErased
from shared.events.registration import PROGRAMMES, SpeakerErased
from shared.events.speakers import speaker_id, without_speaker
from shared.storage import Storage


def erase_speaker(
    connection: Connection, storage: Storage, log: EventLog, erased: SpeakerErased
) -> None:
    """Raises Later while a programme is being noted, which may be one of before."""
    wait_until_filed(connection, PROGRAMMES)
    slug, speaker = erased.conference, erased.speaker_id
    unsay_speaker(connection, slug, speaker)
    day = select(Day.data).where(Day.slug == slug).with_for_update()
    data = connection.execute(day).scalar()
    if data is not None:
        kept = without_speaker(slug, speaker, data)
        connection.execute(update(Day).where(Day.slug == slug).values(data=kept))
    asked = _end_hosts(connection, log, slug, speaker)
    asked_for = choice_of(connection, slug).is_asked_for
    _blank_hosts(connection, storage, slug, {speaker}, asked=asked, keep_signed=asked_for)
    forget_bundles(connection, storage, slug)  # which have every version of the programme


def blank_erased_hosts(connection: Connection, storage: Storage, slug: str) -> None:
    """What was kept of erased speakers for somebody who no longer asks for it."""
    names = connection.execute(
        select(EntryRow.name)
        .join(Sheet, Sheet.id == EntryRow.sheet_id)
        .where(Sheet.conference == slug, EntryRow.kind == "countersigned", EntryRow.name != "")
        .distinct()
    ).scalars()
    erased = erased_among(connection, {str(speaker_id(slug, name)) for name in names})
    if erased:
        _blank_hosts(connection, storage, slug, erased)


def _end_hosts(connection: Connection, log: EventLog, slug: str, speaker: str) -> set[str]:
    """The sheets that they were to countersign: what is sealed of those names them."""
    hosts = connection.execute(
        select(Host.id, Host.name, Host.sheet_id)
        .join(Sheet, Sheet.id == Host.sheet_id)
        .where(Sheet.conference == slug, Host.name != "")
    ).all()
    theirs = [each for each in hosts if str(speaker_id(slug, each.name)) == speaker]
    for host in theirs:
        values = {"name": "", "email": "", "ended_at": now()}
        connection.execute(update(Host).where(Host.id == host.id).values(values))
        log.append(connection, ReaderErased(erased_at=now()), subject=host.id)
    return {host.sheet_id for host in theirs}


def _blank_hosts(
    connection: Connection,
    storage: Storage,
    slug: str,
    speakers: Collection[str],
    *,
    asked: Collection[str] = (),
    keep_signed: bool = False,
) -> None:
    """On every sheet of the conference; again is harmless."""

    def is_them(name: str) -> bool:
        return bool(name) and str(speaker_id(slug, name)) in speakers

    ids = connection.execute(select(Sheet.id).where(Sheet.conference == slug).order_by(Sheet.id))
    sheets = [sheet_by_id(connection, each, lock=True) for each in ids.scalars().all()]
    for sheet in sheets:
        _blank_host(connection, storage, sheet, is_them, sheet.id in asked, keep_signed)


def _blank_host(
    connection: Connection,
    storage: Storage,
    sheet: SheetRecord,
    is_them: Callable[[str], bool],
    is_asked: bool,
    keep_signed: bool,
) -> None:
    entries = entries_of(connection, sheet.id)
    signed = [each for each in entries if each.kind == "countersigned" and is_them(each.name)]
    if signed and keep_signed:
        return
    actors = {each.actor for each in entries if is_them(each.actor)}
    if actors:
        unsign(connection, (EntryRow.sheet_id == sheet.id) & EntryRow.actor.in_(actors))
    if signed or actors or (is_asked and sheet.seal):
        numbers = [each.number for each in signed]
        forget_pictures(connection, [each.picture_id for each in signed if each.picture_id])
        blank(
            connection,
            sheet_by_id(connection, sheet.id, lock=True),
            numbers,
            BLANK,
            {ERASED: numbers},
        )
        forget_files(connection, storage, sheet)
