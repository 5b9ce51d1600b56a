"""Whatever is done to stored entries by hand is found: altered, removed, inserted, reordered."""

import random
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from services.sheets.base.records import id_of
from services.sheets.base.tables import EntryRow, Picture, Sheet
from services.sheets.chain import verifying
from services.sheets.chain.entries import Entry, hash_of, new_salt, person_of
from services.sheets.chain.faults import Fault
from services.sheets.chain.verifying import SEARCHED, faults, verify_sheet
from services.sheets.pictures.album import opener
from services.sheets.sealing.orders import ask_for_seal
from services.sheets.signing.signing import countersign, leave, strike, transcribe
from tests.sheets.signed_day import DAY, HOST, OPENING, ORGANISER, House, drawing, place

SHEET = id_of(DAY, "opening")
ALTERATIONS = 10_000


@pytest.fixture
def signed(house: House) -> House:
    """A sheet with something of every kind on it, and one who was erased."""
    house.hear(*(place(who) for who in ("dan", "eve")))
    for who in ("ada", "bob", "dan"):
        house.sign(who)
    house.sign("cyd", strokes=None)
    later = house.at(0.5)
    leave(house.signing, SHEET, "bob", by=HOST, at=later, key="left")
    strike(house.signing, SHEET, "ada", by=ORGANISER, reason="another Ada", key="struck")
    paper: Any = b"%PDF-1.7 of paper"
    for who in ("ada", "eve"):
        said: Any = {"at": later, "key": f"paper/{who}", "paper": paper}
        paper = transcribe(house.signing, SHEET, who, by=ORGANISER, **said).entry.picture_id
    countersign(house.signing, SHEET, by=HOST, at=later, strokes=drawing(3), key="host")
    house.erase("dan")
    assert house.faults("opening") == []
    return house


def other(value: Any, chance: random.Random) -> Any:
    """Something else of the same type."""
    if value is None:
        return "0" * 32
    if isinstance(value, str):
        return chance.choice([value + "x", value[:-1] or "y", "z"])
    if isinstance(value, bool | int):
        return value + chance.choice([-1, 1, 7])
    if isinstance(value, dict):
        return {**value, "how": "hand" if value.get("how") != "hand" else "button"}
    return value + timedelta(microseconds=chance.choice([-1, 1]))


Altered = tuple[int, str, list[Entry]]


def one_value(entries: list[Entry], chance: random.Random) -> Altered:
    at = chance.randrange(len(entries))
    name = chance.choice([each.name for each in fields(Entry) if each.name != "picture_id"])
    value = other(getattr(entries[at], name), chance)
    entries[at] = replace(entries[at], **{name: value})
    return len(entries), entries[-1].hash if name != "hash" else "", entries


def blanked(entries: list[Entry], chance: random.Random) -> Altered:
    """As an erasure leaves them: whom it is about, or by whom it was made."""
    at = chance.choice([n for n, each in enumerate(entries) if each.salt])
    gone: dict[str, Any] = {
        "salt": "",
        "name": "",
        "organisation": "",
        "reason": "",
        "picture_id": None,
    }
    if entries[at].author_salt and chance.random() < 0.5:
        gone = {"author_salt": "", "actor": ""}
    entries[at] = replace(entries[at], **gone)
    return len(entries), entries[-1].hash, entries


def exchanged(entries: list[Entry], chance: random.Random) -> Altered:
    """Two change their places."""
    a, b = chance.sample(range(len(entries)), 2)
    first, second = entries[a], entries[b]
    entries[a], entries[b] = replace(second, number=a + 1), replace(first, number=b + 1)
    return len(entries), max(first, second, *entries, key=lambda e: e.number).hash, entries


def removed(entries: list[Entry], chance: random.Random) -> Altered:
    """With or without the others closing up; the sheet says what it did."""
    length, head = len(entries), entries[-1].hash
    at = chance.randrange(length)
    left = entries[:at] + entries[at + 1 :]
    if at < length - 1 and chance.random() < 0.5:
        left = [replace(each, number=place_ + 1) for place_, each in enumerate(left)]
        length -= 1
    return length, head, left


def inserted(entries: list[Entry], chance: random.Random) -> Altered:
    """Somebody who never signed, made as well as one can without writing all that follows anew."""
    at = chance.randrange(len(entries))
    model, salt = entries[at], new_salt()
    forged = replace(
        model,
        kind="signed",
        registration_id="fay",
        key=f"forged {chance.random()}",
        salt=salt,
        name="Fay",
        organisation="",
        reason="",
        person=person_of(salt, "Fay", "", ""),
        said={"how": "button"},
        picture="",
        picture_id=None,
        previous=entries[at - 1].hash if at else model.previous,
        hash="",
    )
    forged = replace(forged, hash=hash_of(forged))
    after = [replace(each, number=each.number + 1) for each in entries[at:]]
    return len(entries) + 1, entries[-1].hash, [*entries[:at], forged, *after]


def rehashed(entries: list[Entry], chance: random.Random) -> Altered:
    """Altered, with the hash that it then has."""
    at = chance.randrange(len(entries) - 1)
    altered = replace(entries[at], at=entries[at].at - timedelta(minutes=5))
    entries[at] = replace(altered, hash=hash_of(altered))
    return len(entries), entries[-1].hash, entries


WAYS = (one_value, one_value, blanked, exchanged, removed, inserted, rehashed)


@pytest.fixture
def whole(signed: House) -> list[Entry]:
    return signed.entries("opening")


# Pure code does not care which database its entries come from.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_one_database
def test_ten_thousand_planted_alterations_are_all_found(whole: list[Entry]) -> None:
    assert faults(SHEET, len(whole), whole[-1].hash, whole) == []
    chance = random.Random(20191107)
    missed = []
    for number in range(ALTERATIONS):
        way = chance.choice(WAYS)
        length, head, entries = way([*whole], chance)
        if not faults(SHEET, length, head, entries):
            missed.append((number, way.__name__))
    assert missed == []


@on_one_database
def test_what_was_done_is_named(whole: list[Entry]) -> None:
    head = whole[-1].hash
    without = [each for each in whole if each.number != 3]
    assert faults(SHEET, len(whole), head, without) == [Fault(3, "removed")]
    tail = whole[:-2]
    gone = [Fault(len(whole) - 1, "removed"), Fault(len(whole), "removed")]
    assert faults(SHEET, len(whole), head, tail)[-2:] == gone
    named = [replace(each, name="Mallory") if each.number == 2 else each for each in whole]
    assert faults(SHEET, len(whole), head, named) == [Fault(2, "altered")]
    swapped = [replace(e, number={1: 2, 2: 1}.get(e.number, e.number)) for e in whole]
    assert {(each.number, each.what) for each in faults(SHEET, len(whole), head, swapped)} == {
        (1, "reordered"),
        (2, "reordered"),
    }
    more = [*whole, replace(whole[-1], number=len(whole) + 1)]
    assert Fault(len(whole) + 1, "inserted") in faults(SHEET, len(whole), head, more)


@on_one_database
@pytest.mark.parametrize("changed", [{"name": "Mallory"}, {"previous": "0" * 64}])
def test_what_is_altered_throughout_is_looked_at_once_an_entry(
    whole: list[Entry], monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    """Anybody may ask for it, by a code."""
    many = [replace(whole[0], number=each, **changed) for each in range(1, 501)]
    hashed = list[int]()

    def counted(entry: Entry, number: int | None = None) -> str:
        hashed.append(entry.number)
        return hash_of(entry, number)

    monkeypatch.setattr(verifying, "hash_of", counted)
    found = faults(SHEET, 500, whole[-1].hash, many)
    assert {each.number for each in found} == {*range(1, 501)}
    assert len(hashed) <= (SEARCHED + 2) * len(many) + SEARCHED


@on_one_database
def test_a_part_that_was_moved_is_named_so(whole: list[Entry]) -> None:
    """The first three are gone, and the others have their numbers."""
    rest = [replace(each, number=each.number - 3) for each in whole[3:]]
    found = faults(SHEET, len(whole), whole[-1].hash, rest)
    assert {each.number for each in found if each.what == "reordered"} == {
        each.number for each in rest
    }


def alter_entry(column: str) -> Callable[..., None]:
    def alter(connection: Connection, chance: random.Random) -> None:
        number = chance.randint(1, 8)
        which = (EntryRow.sheet_id == SHEET) & (EntryRow.number == number)
        value = connection.execute(select(getattr(EntryRow, column)).where(which)).scalar()
        changed = other(value, chance)
        connection.execute(update(EntryRow).where(which).values({column: changed}))

    return alter


def alter_picture(connection: Connection, chance: random.Random) -> None:
    ids = connection.execute(select(Picture.id).order_by(Picture.id)).scalars().all()
    a, b = chance.sample(ids, 2)
    sealed = connection.execute(select(Picture.sealed).where(Picture.id == b)).scalar_one()
    cut = chance.choice([sealed, sealed[:-1], b"\0" + sealed[1:], None])
    if cut is None:
        connection.execute(delete(Picture).where(Picture.id == a))
    else:
        connection.execute(update(Picture).where(Picture.id == a).values(sealed=cut))


def shorten(connection: Connection, chance: random.Random) -> None:
    """Of what was sealed, with everything that says how long it was."""
    kept = chance.randint(2, 4)
    rows = connection.execute(
        select(EntryRow.number, EntryRow.hash).order_by(EntryRow.number)
    ).all()
    connection.execute(delete(EntryRow).where(EntryRow.number > rows[-kept].number))
    last = rows[-kept]
    connection.execute(update(Sheet).values(length=last.number, head=last.hash))


def misstate(connection: Connection, chance: random.Random) -> None:
    values: dict[str, Any] = chance.choice(
        [{"length": Sheet.length + 1}, {"length": 2}, {"head": "0" * 64}]
    )
    connection.execute(update(Sheet).where(Sheet.id == SHEET).values(values))


def test_hands_in_the_database_are_found(signed: House) -> None:
    with signed.database.begin() as connection:
        ask_for_seal(connection, SHEET, by=ORGANISER)
    columns = [each.name for each in fields(Entry) if each.name not in ("sheet_id", "number")]
    ways = [*map(alter_entry, columns), alter_picture, shorten, misstate]
    chance = random.Random(7)
    for way in ways * 3:
        assert tried(signed, partial(way, chance=chance)), way
    assert signed.faults("opening") == []


def tried(house: House, alter: Callable[[Connection], None]) -> list[Fault]:
    """What is found while it is so; then it is as before."""
    with house.database.engine.connect() as connection:
        connection = connection.execution_options(writes=True, durable=True)
        with connection.begin() as transaction:
            alter(connection)
            opens = opener(connection, house.signing.keyring)
            found = [*verify_sheet(connection, SHEET, opens)]
            transaction.rollback()
    return found


def test_an_erased_person_leaves_a_chain_that_verifies(signed: House) -> None:
    (dan,) = [each for each in signed.entries("opening") if each.registration_id == "dan"][:1]
    assert (dan.name, dan.salt, dan.organisation, dan.picture_id) == ("", "", "", None)
    person = signed.people("opening")["dan"]
    assert person.erased
    assert person.signed_at == OPENING.starts_at + timedelta(minutes=12)
