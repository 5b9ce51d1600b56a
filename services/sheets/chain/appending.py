"""Appending to a sheet's chain, under the lock of its row."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from services.sheets.base.records import SheetRecord
from services.sheets.base.tables import EntryRow, Sheet
from services.sheets.base.timers import SETTLED, SIGNED_OUT, look_at
from services.sheets.chain.entries import (
    ActorKind,
    Entry,
    Kind,
    Source,
    author_of,
    hash_of,
    new_salt,
    person_of,
    picture_of,
)
from shared.base.clock import now


@dataclass(frozen=True)
class Draft:
    """What is to be appended. `said` is JSON without a person: it can never be taken out.

    `picture` are the bytes that the entry commits to, kept under `picture_id`: of a named person.
    """

    kind: Kind
    key: str
    at: datetime
    actor_kind: ActorKind
    actor: str = field(default="", repr=False)
    source: Source = ""
    registration_id: str | None = None
    name: str = field(default="", repr=False)
    organisation: str = field(default="", repr=False)
    reason: str = field(default="", repr=False)
    said: Mapping[str, Any] = field(default_factory=dict)
    picture: bytes | None = field(default=None, repr=False)
    picture_id: str | None = None


def append(connection: Connection, sheet: SheetRecord, draft: Draft) -> tuple[Entry, SheetRecord]:
    """The entry, and the sheet as it is with it. `sheet` was read with its lock, in the same
    transaction; its key is not used yet."""
    names_somebody = bool(draft.name or draft.organisation or draft.reason)
    salt = new_salt() if names_somebody else ""
    author_salt = new_salt() if draft.actor else ""
    unhashed = Entry(
        sheet_id=sheet.id,
        number=sheet.length + 1,
        kind=draft.kind,
        registration_id=draft.registration_id,
        at=draft.at,
        noted_at=now(),
        source=draft.source,
        actor_kind=draft.actor_kind,
        said=draft.said,
        person=person_of(salt, draft.name, draft.organisation, draft.reason)
        if names_somebody
        else "",
        author=author_of(author_salt, draft.actor) if draft.actor else "",
        picture=picture_of(salt, draft.picture) if draft.picture is not None else "",
        previous=sheet.head,
        hash="",
        key=draft.key,
        salt=salt,
        name=draft.name,
        organisation=draft.organisation,
        reason=draft.reason,
        author_salt=author_salt,
        actor=draft.actor,
        picture_id=draft.picture_id,
    )
    entry = replace(unhashed, hash=hash_of(unhashed))
    connection.execute(insert(EntryRow), asdict(entry))
    after = replace(sheet, length=entry.number, head=entry.hash)
    connection.execute(
        update(Sheet).where(Sheet.id == sheet.id).values(length=after.length, head=after.head)
    )
    _ask_for_seal(connection, after, entry)
    return entry, after


def _ask_for_seal(connection: Connection, sheet: SheetRecord, entry: Entry) -> None:
    """Once a host has countersigned and the time is over; and once more for what comes after."""
    if sheet.state == "sealed" and entry.kind != "sealed":
        look_at(connection, sheet.id, sheet.length, entry.noted_at + SETTLED)
    elif entry.kind == "countersigned":
        over = max(entry.noted_at, sheet.ends_at + SIGNED_OUT)
        look_at(connection, sheet.id, sheet.length, over)
