"""Who is expected on a sheet, and how they stand: confirmed places, and whoever signed all the
same."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select

from services.sheets.base.records import SheetRecord, sheet_by_id, sheets_by_conference
from services.sheets.base.tables import EntryRow, HeldSeat, Participant, Sheet
from services.sheets.chain.entries import SIGNATURES, Entry
from services.sheets.chain.reading import COLUMNS, entries_of, entry_of
from services.sheets.chain.standing import Standing, by_person, standing_of
from shared.words.folding import folded

ERASED = "erased"


@dataclass(frozen=True)
class Person:
    """Somebody on a sheet. `expected` is false of whoever signed without being on the list, or lost
    the place since; `erased` of whom nothing is known any more. `present` is (from, until)."""

    registration_id: str
    name: str
    last_name: str
    organisation: str
    code: str
    locale: str
    status: str
    expected: bool
    signed_at: datetime | None
    noted_at: datetime | None
    source: str
    by_hand: bool  # drawn; else confirmed by a button, or transcribed
    arrived_at: datetime | None
    left_at: datetime | None
    present: tuple[datetime, datetime]
    struck: bool
    erased: bool
    marks: tuple[str, ...]
    entry: Entry | None = field(repr=False)  # the signature that counts

    @property
    def counts(self) -> bool:
        """Whether they are one of the people of the sheet, of whom each has signed or is missing:
        those on the list, and whoever signed all the same."""
        return self.expected or self.signed_at is not None


@dataclass(frozen=True)
class SheetRow:
    """A sheet with its counts; `expected` are its people (`Person.counts`), `signed` and `missing`
    together. `conflicts`: signatures with a mark, for the organiser to see."""

    sheet: SheetRecord
    expected: int
    signed: int
    missing: int
    conflicts: int
    countersigned: int  # by how many hosts
    changed_since_seal: bool


def expected(connection: Connection, sheet_id: str) -> list[Person]:
    """Everybody of a sheet, by last name. Raises Refused("unknown")."""
    sheet = sheet_by_id(connection, sheet_id)
    standings = by_person(entries_of(connection, sheet.id))
    return sorted(_people(connection, sheet, standings), key=_by_name)


def person_on(
    connection: Connection, sheet: SheetRecord, registration_id: str | None
) -> Person | None:
    """How one person of the conference stands on a sheet, on its list or not; None of nobody, and
    of whoever was erased."""
    listed = on_list(sheet).label("expected")
    row = connection.execute(
        select(*PARTICIPANT, listed).where(
            Participant.registration_id == registration_id,
            Participant.conference == sheet.conference,
            Participant.status != ERASED,
        )
    ).first()
    if row is None:
        return None
    entries = connection.execute(
        select(*COLUMNS)
        .where(EntryRow.sheet_id == sheet.id, EntryRow.registration_id == registration_id)
        .order_by(EntryRow.number)
    )
    return _person(sheet, row, standing_of(entry_of(each) for each in entries))


def sheets_of(connection: Connection, slug: str) -> list[SheetRow]:
    """In the order of the day; withdrawn ones where something was signed."""
    on_lists = _on_lists(connection, slug)
    tallies = _tallies(connection, Sheet.conference == slug)
    return [
        _counted(sheet, on_lists(sheet), tallies[sheet.id])
        for sheet in sheets_by_conference(connection, slug)
        if sheet.length or sheet.state != "withdrawn"
    ]


def counted(connection: Connection, sheet: SheetRecord) -> SheetRow:
    """One sheet with its counts, without its people."""
    listed = connection.execute(select(Participant.registration_id).where(on_list(sheet))).scalars()
    tally = _tallies(connection, EntryRow.sheet_id == sheet.id)[sheet.id]
    return _counted(sheet, {*listed}, tally)


@dataclass
class _Tally:
    """What the entries of a sheet come to, in numbers: `signed` has the marks of each."""

    signed: dict[str, Sequence[str]] = field(default_factory=dict)
    countersigned: int = 0
    sealed: int = 0  # the number of the newest such entry


def _counted(sheet: SheetRecord, listed: set[str], tally: _Tally) -> SheetRow:
    return SheetRow(
        sheet,
        expected=len(listed | tally.signed.keys()),
        signed=len(tally.signed),
        missing=len(listed - tally.signed.keys()),
        conflicts=sum(map(bool, tally.signed.values())),
        countersigned=tally.countersigned,
        changed_since_seal=bool(tally.sealed) and sheet.length > tally.sealed,
    )


def _tallies(connection: Connection, which: ColumnElement[bool]) -> defaultdict[str, _Tally]:
    """By sheet, as `standing_of` would find: without the people, of whom there may be thousands."""
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    rows = connection.execute(
        select(
            EntryRow.sheet_id,
            EntryRow.number,
            EntryRow.kind,
            EntryRow.registration_id,
            EntryRow.said,
        )
        .join(Sheet, Sheet.id == EntryRow.sheet_id)
        .where(which)
        .order_by(EntryRow.sheet_id, EntryRow.number)
    )
    for sheet_id, number, kind, who, said in rows:
        tally = tallies[sheet_id]
        if kind in SIGNATURES:
            tally.signed[who] = said.get("marks", ())
        elif kind == "struck":
            tally.signed.pop(who, None)
        elif who in tally.signed and "marks" in said:
            tally.signed[who] = said["marks"]
        elif kind == "countersigned":
            tally.countersigned += 1
        elif kind == "sealed":
            tally.sealed = number
    return tallies


def _on_lists(connection: Connection, slug: str) -> Callable[[SheetRecord], set[str]]:
    """Who is to sign each sheet of a conference, as `on_list` finds."""
    has_place = and_(Participant.conference == slug, Participant.status == "confirmed")
    everybody = {
        *connection.execute(select(Participant.registration_id).where(has_place)).scalars()
    }
    holders: dict[str, set[str]] = defaultdict(set)
    seats = select(HeldSeat.session, HeldSeat.registration_id).join(
        Participant, Participant.registration_id == HeldSeat.registration_id
    )
    for session, who in connection.execute(seats.where(has_place)):
        holders[session].add(who)

    def listed(sheet: SheetRecord) -> set[str]:
        if sheet.open_to_all:
            return everybody
        return set().union(*(holders[session] for session in sheet.sessions))

    return listed


def is_expected(connection: Connection, sheet: SheetRecord, person: Row[*tuple[Any, ...]]) -> bool:
    """Whether somebody, by their row, is to sign; asked where it depends on the seats they hold."""
    if person.conference != sheet.conference or person.status != "confirmed":
        return False
    if sheet.open_to_all:
        return True
    statement = select(HeldSeat.session).where(
        HeldSeat.registration_id == person.registration_id, HeldSeat.session.in_(sheet.sessions)
    )
    return connection.execute(statement).first() is not None


def on_list(sheet: SheetRecord) -> ColumnElement[bool]:
    """Of a participant: whether they are to sign."""
    has_place = and_(Participant.conference == sheet.conference, Participant.status == "confirmed")
    if sheet.open_to_all:
        return has_place
    holds = exists().where(
        HeldSeat.registration_id == Participant.registration_id,
        HeldSeat.session.in_(sheet.sessions),
    )
    return and_(has_place, holds)


def _people(
    connection: Connection, sheet: SheetRecord, standings: Mapping[str, Standing]
) -> list[Person]:
    listed = on_list(sheet).label("expected")
    statement = select(*PARTICIPANT, listed).where(
        or_(on_list(sheet), Participant.registration_id.in_(standings))
    )
    known = {row.registration_id: row for row in connection.execute(statement)}
    return [_person(sheet, row, standings.get(who, Standing())) for who, row in known.items()]


def _person(sheet: SheetRecord, row: Row[*tuple[Any, ...]], standing: Standing) -> Person:
    signed, named = standing.signed, standing.named
    name = named.name if named and signed else f"{row.first_name} {row.last_name}".strip()
    return Person(
        registration_id=row.registration_id,
        name=name,
        last_name=row.last_name or name,
        organisation=named.organisation if named and signed else row.organisation,
        code=row.code,
        locale=row.locale,
        status=row.status,
        expected=bool(row.expected),
        signed_at=signed.at if signed else None,
        noted_at=signed.noted_at if signed else None,
        source=signed.source if signed else "",
        by_hand=bool(signed and signed.picture and signed.kind == "signed"),
        arrived_at=standing.arrived_at,
        left_at=standing.left_at,
        present=standing.present(sheet.starts_at, sheet.ends_at),
        struck=standing.struck is not None,
        erased=not name,
        marks=standing.marks,
        entry=signed,
    )


def _by_name(person: Person) -> tuple[str, str]:
    return folded(person.last_name), folded(person.name)


PARTICIPANT = (
    Participant.registration_id,
    Participant.first_name,
    Participant.last_name,
    Participant.organisation,
    Participant.code,
    Participant.locale,
    Participant.status,
)
