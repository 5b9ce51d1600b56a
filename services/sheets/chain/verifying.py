"""Whether a sheet's chain is as it was written: pure over entries, and over the database.

Every column of an entry is looked at: by its hash, by the commitments in it, or because it must be
blank once a person is erased. Pictures are looked at where the keys that open them are at hand.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from services.sheets.base.records import SheetRecord, sheet_by_id
from services.sheets.base.tables import Seal
from services.sheets.chain.entries import (
    Entry,
    author_of,
    first_previous,
    hash_of,
    person_of,
    picture_of,
)
from services.sheets.chain.reading import entries_of

What = Literal["altered", "removed", "inserted", "reordered"]
Opens = Callable[[str], bytes | None]  # a picture by its id; None when it is not there


@dataclass(frozen=True)
class Fault:
    """`number` is where in the sheet; of what was removed, the number that is missing."""

    number: int
    what: What


def faults(sheet_id: str, length: int, head: str, entries: Iterable[Entry]) -> list[Fault]:
    """What is wrong with the entries of a sheet that says it has `length` of them, the last with
    the hash `head`. None are wrong: the empty list."""
    ordered = sorted(entries, key=lambda entry: entry.number)
    found = [*_placed(length, [each.number for each in ordered])]
    found += [Fault(e.number, "altered") for e in ordered if not _is_whole(sheet_id, e)]
    found += _linked(sheet_id, ordered, {each.number for each in found})
    if ordered and not found and ordered[-1].hash != head:
        found.append(Fault(ordered[-1].number, "altered"))
    return sorted({*found}, key=lambda fault: (fault.number, fault.what))


def verify_sheet(
    connection: Connection, sheet_id: str, opens: Opens | None = None
) -> Sequence[Fault]:
    """The same of a sheet as it is stored, with what its seals say of it; of pictures too, with
    `opens`. Raises Refused("unknown")."""
    sheet = sheet_by_id(connection, sheet_id)
    entries = entries_of(connection, sheet_id)
    found = faults(sheet.id, sheet.length, sheet.head, entries)
    found += _unlike_seals(connection, sheet, {each.number: each for each in entries})
    if opens:
        found += [Fault(e.number, "altered") for e in entries if not _is_pictured(e, opens)]
    return sorted({*found}, key=lambda fault: (fault.number, fault.what))


def _placed(length: int, numbers: Sequence[int]) -> Iterable[Fault]:
    """One to `length`, each once."""
    yield from (Fault(each, "removed") for each in sorted({*range(1, length + 1)} - {*numbers}))
    yield from (Fault(each, "inserted") for each in numbers if not 1 <= each <= length)


def _linked(sheet_id: str, ordered: Sequence[Entry], known: set[int]) -> list[Fault]:
    """Each follows the one before. Whole entries that follow another one were moved."""
    hashes = {each.hash: each.number for each in ordered}
    before, found = first_previous(sheet_id), []
    for entry in ordered:
        if entry.previous != before and entry.number not in known:
            follows = hashes.get(entry.previous)
            if follows is not None or entry.previous == first_previous(sheet_id):
                found.append(Fault(entry.number, "reordered"))
            elif entry.number - 1 not in known:
                found.append(Fault(entry.number, "inserted"))
        before = entry.hash
    return found


def _is_whole(sheet_id: str, entry: Entry) -> bool:
    """Whether it is what its hash says, and what tells who it is about what its commitments say."""
    person = (entry.salt, entry.name, entry.organisation, entry.reason)
    author = (entry.author_salt, entry.actor)
    return (
        entry.sheet_id == sheet_id
        and hash_of(entry) == entry.hash
        and _is_committed(entry.person, person, person_of(*person))
        and _is_committed(entry.author, author, author_of(*author))
        and bool(entry.picture) >= bool(entry.picture_id)
    )


def _is_committed(commitment: str, said: Sequence[str], now: str) -> bool:
    """All blank, or as it was committed to."""
    salt, *texts = said
    if not salt or not commitment:
        return not any(texts)
    return commitment == now


def _is_pictured(entry: Entry, opens: Opens) -> bool:
    """The picture is what was drawn; or gone, with the person."""
    if not entry.picture or not entry.salt:
        return True
    plain = opens(entry.picture_id) if entry.picture_id else None
    return plain is not None and picture_of(entry.salt, plain) == entry.picture


def _unlike_seals(
    connection: Connection, sheet: SheetRecord, entries: Mapping[int, Entry]
) -> list[Fault]:
    """What was sealed ended with a hash: a chain that was written anew as a whole has another."""
    seals = connection.execute(
        select(Seal.entries, Seal.head).where(Seal.sheet_id == sheet.id, Seal.gone_at.is_(None))
    )
    return [
        Fault(sealed, "altered" if sealed in entries else "removed")
        for sealed, head in seals
        if sealed and (sealed not in entries or entries[sealed].hash != head)
    ]
