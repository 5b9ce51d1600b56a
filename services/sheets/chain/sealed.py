"""Whether the rows of a sheet and of its seals say what its chain says of them, both ways."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest

from services.sheets.base.records import SheetRecord
from services.sheets.base.seals import SealRecord
from services.sheets.chain.entries import HEADING, Entry
from services.sheets.chain.faults import Fault
from services.sheets.chain.standing import by_person


def unlike_heads(seals: Iterable[SealRecord], entries: Mapping[int, Entry]) -> list[Fault]:
    """What was sealed ended with a hash: a chain that was written anew as a whole has another."""
    return [
        Fault(seal.entries, "altered" if seal.entries in entries else "removed")
        for seal in seals
        if seal.entries not in entries or entries[seal.entries].hash != seal.head
    ]


def unlike_rows(
    sheet: SheetRecord, seals: Sequence[SealRecord], entries: Mapping[int, Entry]
) -> list[Fault]:
    """Of a chain that is whole, with what each seal says: how many are listed and signed, when it
    was made and replaced, and how the sheet is called. Fault(number of the `sealed` entry)."""
    sealed = [each for each in entries.values() if each.kind == "sealed"]
    rows = {seal.entries: seal for seal in seals}
    found = {each.number for each in sealed} ^ rows.keys()
    replaced: dict[int, datetime | None] = {
        seal.entries: after.sealed_at if after else None
        for seal, after in zip_longest(seals, seals[1:])
    }
    for entry in sealed:
        if (seal := rows.get(entry.number)) is None:
            continue
        before = [each for number, each in entries.items() if number <= entry.number]
        told = (seal.number, seal.sealed_at, seal.replaced_at, seal.listed, seal.signed)
        when = (entry.noted_at, replaced[entry.number])
        if told != (entry.said.get("seal"), *when, *_counted(entry, before)):
            found.add(entry.number)
        if entry.said.get("code", seal.code) != seal.code:
            found.add(entry.number)
    if sealed and not _is_headed(sheet, sealed[-1], len(sealed)):
        found.add(sealed[-1].number)
    if not sealed and (sheet.state == "sealed" or sheet.seal):
        found.add(sheet.length)
    return [Fault(number, "seal") for number in found]


def _counted(sealed: Entry, entries: Iterable[Entry]) -> tuple[int, int]:
    """(listed, signed) up to a `sealed` entry."""
    signed = {who for who, standing in by_person(entries).items() if standing.signed is not None}
    return len({*sealed.said.get("listed", ()), *signed}), len(signed)


def _is_headed(sheet: SheetRecord, newest: Entry, seals: int) -> bool:
    """A sealed sheet stays as it was sealed, whatever becomes of the programme."""
    said = newest.said.get(HEADING)
    if (sheet.state, sheet.seal) != ("sealed", seals):
        return False
    if said is None:
        return True
    moments = (datetime.fromisoformat(said["starts_at"]), datetime.fromisoformat(said["ends_at"]))
    return (sheet.title, sheet.room, sheet.starts_at, sheet.ends_at) == (
        said["title"],
        said["room"],
        *moments,
    )
