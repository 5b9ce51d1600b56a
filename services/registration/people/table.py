"""The registrations of a day as a table: searched, filtered, sorted and paged in the database."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from services.registration.base import tables
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import attended_so_far, came_late
from services.registration.people.search import BY_NAME, distance, matches
from services.registration.programme.facts import Conference, SeatState, Session
from services.registration.seats.records import COLUMNS, Record
from shared.base.clock import now

PAGE = 50

Presence = Literal["", "present", "absent", "late", "expected"]
Order = Literal["name", "-name", "organisation", "-organisation", "created", "-created", "nearest"]
_COLUMNS: dict[str, tuple[Any, ...]] = {
    "name": (tables.Registration.last_name, tables.Registration.first_name),
    "organisation": (tables.Registration.organisation, tables.Registration.last_name),
    "created": (tables.Registration.id,),  # ids begin with the moment
}


@dataclass(frozen=True)
class Filter:
    """Which registrations are meant. `session` is a slug: whoever has or awaits a seat there, or
    with a `presence`, was there, or should have been; `ids`, when given, are these and no
    others."""

    search: str = ""
    status: str = ""
    session: str = ""
    ids: Collection[str] | None = None
    presence: Presence = ""

    def conditions(
        self, connection: Connection, conference: Conference
    ) -> list[ColumnElement[bool]]:
        found = [tables.Registration.conference_id == conference.id, *matches(self.search)]
        if self.status:
            found.append(tables.Registration.status == self.status)
        session = conference.by_slug.get(self.session)
        if session and not self.presence:
            found.append(
                exists().where(
                    tables.Seat.registration_id == tables.Registration.id,
                    tables.Seat.session_id == session.id,
                )
            )
        if self.ids is not None:
            found.append(tables.Registration.id.in_(self.ids))
        if self.presence:
            found += _by_presence(connection, conference, self.presence, self.session)
        return found


def _by_presence(
    connection: Connection, conference: Conference, presence: Presence, slug: str
) -> list[ColumnElement[bool]]:
    """Of the day, or of one session. Absent is who was expected and not seen; expected, for this,
    is also who came without being so."""
    session = conference.by_slug.get(slug)
    chosen: set[str] = set()
    for registration_id, evidence in read_evidence(connection, conference).items():
        if session is None:
            there, late = evidence.came_at is not None, came_late(conference, evidence)
        else:
            attended = attended_so_far(conference, evidence, now())
            at = next((each for each in attended if each.session.id == session.id), None)
            there, late = at is not None, at is not None and at.is_late
        if late if presence == "late" else there:
            chosen.add(registration_id)
    if presence in ("present", "late"):
        return [tables.Registration.id.in_(chosen)]
    expected = [tables.Registration.status == "confirmed"]
    if session is not None and session.is_chosen:
        holds = exists().where(
            tables.Seat.registration_id == tables.Registration.id,
            tables.Seat.session_id == session.id,
            tables.Seat.state == "held",
        )
        expected = [holds]
    if presence == "expected":
        return [or_(*expected, tables.Registration.id.in_(chosen))]
    return [*expected, tables.Registration.id.not_in(chosen)]


EVERYONE = Filter()


@dataclass(frozen=True)
class Row:
    record: Record
    seats: list[tuple[Session, SeatState]] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    rows: list[Row]
    total: int
    page: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def read_table(
    connection: Connection,
    conference: Conference,
    wanted: Filter,
    order: Order,
    page: int,
    size: int = PAGE,
) -> Table:
    """One page of `size` rows that match, and how many match."""
    conditions = wanted.conditions(connection, conference)
    total: int = connection.execute(
        select(func.count()).select_from(tables.Registration).where(*conditions)
    ).scalar_one()
    if not total:
        return Table([], 0, 1)
    page = max(1, min(page, -(-total // size)))
    records = [
        Record(*row)
        for row in connection.execute(
            select(*COLUMNS)
            .where(*conditions)
            .order_by(*_order_by(order, wanted.search))
            .limit(size)
            .offset((page - 1) * size)
        )
    ]
    return Table(_with_seats(connection, conference, records), total, page, size)


def _order_by(order: Order, search: str) -> list[Any]:
    if order == "nearest":
        return [distance(search), *BY_NAME]
    columns = _COLUMNS[order.removeprefix("-")]
    return [column.desc() for column in columns] if order.startswith("-") else list(columns)


def living_ids(connection: Connection, conference: Conference, wanted: Filter) -> list[str]:
    """The registrations meant that something can still be done with, in the order they came."""
    return list(
        connection.execute(
            select(tables.Registration.id)
            .where(
                *wanted.conditions(connection, conference),
                tables.Registration.status != "cancelled",
            )
            .order_by(tables.Registration.id)
        ).scalars()
    )


def _with_seats(connection: Connection, conference: Conference, records: list[Record]) -> list[Row]:
    seats: dict[str, list[tuple[Session, SeatState]]] = defaultdict(list)
    for seat in connection.execute(
        select(tables.Seat.registration_id, tables.Seat.session_id, tables.Seat.state).where(
            tables.Seat.registration_id.in_([record.id for record in records])
        )
    ):
        seats[seat.registration_id].append((conference.by_id[seat.session_id], seat.state))
    rank = {session.id: number for number, session in enumerate(conference.sessions)}
    return [
        Row(record, sorted(seats[record.id], key=lambda seat: rank[seat[0].id]))
        for record in records
    ]
