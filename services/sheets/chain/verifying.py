"""Whether a sheet's chain is as it was written: pure over entries, and over the database.

Every column of an entry is looked at: by its hash, by the commitments in it, or because a later
entry says that it was blanked when a person was erased. Pictures are looked at where the keys that
open them are at hand. A chain that somebody wrote anew as a whole is found by its seals alone.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence

from sqlalchemy import Connection

from services.sheets.base.records import SheetRecord, sheet_by_id
from services.sheets.base.seals import SealRecord, seals_of
from services.sheets.chain.entries import (
    ERASED,
    UNSIGNED,
    Entry,
    author_of,
    first_previous,
    hash_of,
    person_of,
    picture_of,
)
from services.sheets.chain.faults import Fault
from services.sheets.chain.reading import entries_of
from services.sheets.chain.sealed import unlike_heads, unlike_rows

Opens = Callable[[str], bytes | None]  # a picture by its id; None when it is not there
SEARCHED = 10  # entries whose number is searched for among all


def faults(sheet_id: str, length: int, head: str, entries: Iterable[Entry]) -> list[Fault]:
    """What is wrong with the entries of a sheet that says it has `length` of them, the last with
    the hash `head`. None are wrong: the empty list."""
    ordered = sorted(entries, key=lambda entry: entry.number)
    numbers = {each.number for each in ordered}
    found = [Fault(each, "removed") for each in {*range(1, length + 1)} - numbers]
    found += [Fault(each, "inserted") for each in numbers if not 1 <= each <= length]
    broken = [entry for entry in ordered if not _is_whole(sheet_id, entry)]
    moved = _moved(sheet_id, length, ordered, broken)
    found += [Fault(e.number, "reordered" if e.number in moved else "altered") for e in broken]
    found += _blanked(ordered)
    found += _unlinked(sheet_id, ordered, {each.number for each in found})
    if not found and (ordered[-1].hash if ordered else first_previous(sheet_id)) != head:
        found.append(Fault(length, "altered"))
    return _sorted(found)


def stored_faults(
    sheet: SheetRecord,
    entries: Sequence[Entry],
    seals: Sequence[SealRecord],
    opens: Opens | None = None,
) -> Sequence[Fault]:
    """The same of a sheet as it is stored, with what its seals say of it; of pictures too, with
    `opens`."""
    found = faults(sheet.id, sheet.length, sheet.head, entries)
    by_number = {each.number: each for each in entries}
    found += unlike_heads(seals, by_number)
    found += [] if found else unlike_rows(sheet, seals, by_number)
    if opens:
        gone = [e.said.get("paper") for e in entries if e.erased]
        found += [Fault(e.number, "altered") for e in entries if not _is_pictured(e, opens, gone)]
    return _sorted(found)


def verify_sheet(
    connection: Connection, sheet_id: str, opens: Opens | None = None
) -> Sequence[Fault]:
    """`stored_faults`, read from the database. Raises Refused("unknown")."""
    sheet = sheet_by_id(connection, sheet_id)
    seals = seals_of(connection, sheet_id)
    return stored_faults(sheet, entries_of(connection, sheet_id), seals, opens)


def _is_whole(sheet_id: str, entry: Entry) -> bool:
    """Whether it is what its hash says, and what tells who it is about what its commitments say."""
    person = (entry.salt, entry.name, entry.organisation, entry.reason)
    author = (entry.author_salt, entry.actor)
    drawn = bool(entry.picture or "paper" in entry.said) and not entry.erased
    return (
        entry.sheet_id == sheet_id
        and hash_of(entry) == entry.hash
        and _is_committed(entry.person, person, person_of(*person))
        and _is_committed(entry.author, author, author_of(*author))
        and drawn == (entry.picture_id is not None)
    )


def _is_committed(commitment: str, said: Sequence[str], now: str) -> bool:
    """As it was committed to; or all blank."""
    return not any(said) or commitment == now


def _moved(
    sheet_id: str, length: int, ordered: Sequence[Entry], broken: Sequence[Entry]
) -> set[int]:
    """Numbers of those broken whose hash is right, but for their number.

    Each says whose hash it follows, and so which number it had: one hash an entry, however many are
    broken. Where that one is gone every number is tried, for a few of them.
    """
    followers: dict[str, list[Entry]] = defaultdict(list)
    for entry in broken:
        followers[entry.previous].append(entry)
    wrong = {id(entry) for entry in broken}
    known = [(first_previous(sheet_id), 0)]
    known += [(entry.hash, entry.number) for entry in ordered if id(entry) not in wrong]
    hashes = {entry.hash for entry in ordered} | {first_previous(sheet_id)}
    lost = [entry for entry in broken if entry.previous not in hashes]
    for entry in lost[:SEARCHED]:
        numbers = range(1, length + 2)
        was = next((each for each in numbers if hash_of(entry, each) == entry.hash), entry.number)
        known.append((entry.previous, was - 1))
    moved = set()
    while known:
        before, number = known.pop()
        for entry in followers.pop(before, ()):
            if number + 1 != entry.number and hash_of(entry, number + 1) == entry.hash:
                moved.add(entry.number)
            known.append((entry.hash, number + 1))
    return moved


def _unlinked(sheet_id: str, ordered: Sequence[Entry], known: set[int]) -> list[Fault]:
    """Each follows the one before: what does not is another's, but where that is known."""
    before, found = first_previous(sheet_id), []
    for entry in ordered:
        if entry.previous != before and not known & {entry.number, entry.number - 1}:
            found.append(Fault(entry.number, "inserted"))
        before = entry.hash
    return found


def _is_pictured(entry: Entry, opens: Opens, gone: Container[object]) -> bool:
    """The picture is what was drawn, or scanned; or gone, with the person. A scan is blank once
    anybody on it was erased: `gone` are those scans."""
    if entry.picture_id is None:
        return True
    plain = opens(entry.picture_id)
    if plain is None:
        return False
    if (paper := entry.said.get("paper")) is None:
        return picture_of(entry.salt, plain) == entry.picture
    return picture_of(entry.picture_id, plain) == paper or (not plain and paper in gone)


def _blanked(entries: Sequence[Entry]) -> list[Fault]:
    """Entries that look as an erasure leaves them, where no later entry says that there was one."""
    said: dict[str, set[int]] = {ERASED: set(), UNSIGNED: set()}
    found = []
    for entry in reversed(entries):
        people, authors = said[ERASED], said[UNSIGNED]
        is_nameless = entry.author and not entry.author_salt
        if (entry.erased and entry.number not in people) or (
            is_nameless and entry.number not in authors
        ):
            found.append(Fault(entry.number, "altered"))
        for what, numbers in said.items():
            numbers.update(_numbers(entry.said.get(what)))
    return found


def _numbers(said: object) -> list[int]:
    """What an altered entry says may be anything."""
    return [each for each in said if isinstance(each, int)] if isinstance(said, list) else []


def _sorted(found: Iterable[Fault]) -> list[Fault]:
    return sorted({*found}, key=lambda fault: (fault.number, fault.what))
