"""The registrations of a day as a table: searched, filtered, sorted and paged in the database."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, exists, func, select

from services.registration.base import tables
from services.registration.people.search import matches
from services.registration.programme.facts import Conference, SeatState, Session
from services.registration.seats.records import COLUMNS, Record

PAGE = 50

Order = Literal["name", "-name", "organisation", "-organisation", "created", "-created"]
_COLUMNS: dict[str, tuple[Any, ...]] = {
    "name": (tables.Registration.last_name, tables.Registration.first_name),
    "organisation": (tables.Registration.organisation, tables.Registration.last_name),
    "created": (tables.Registration.id,),  # ids begin with the moment
}


@dataclass(frozen=True)
class Filter:
    """Which registrations are meant. `session` is a slug: whoever has or awaits a seat there;
    `ids`, when given, are these and no others."""

    search: str = ""
    status: str = ""
    session: str = ""
    ids: Collection[str] | None = None

    def conditions(self, conference: Conference) -> list[ColumnElement[bool]]:
        found = [tables.Registration.conference_id == conference.id, *matches(self.search)]
        if self.status:
            found.append(tables.Registration.status == self.status)
        if session := conference.by_slug.get(self.session):
            found.append(
                exists().where(
                    tables.Seat.registration_id == tables.Registration.id,
                    tables.Seat.session_id == session.id,
                )
            )
        if self.ids is not None:
            found.append(tables.Registration.id.in_(self.ids))
        return found


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

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def read_table(
    connection: Connection, conference: Conference, wanted: Filter, order: Order, page: int
) -> Table:
    """One page of the rows that match, and how many match."""
    conditions = wanted.conditions(conference)
    total: int = connection.execute(
        select(func.count()).select_from(tables.Registration).where(*conditions)
    ).scalar_one()
    if not total:
        return Table([], 0, 1)
    page = max(1, min(page, -(-total // PAGE)))
    columns = _COLUMNS[order.removeprefix("-")]
    descending = order.startswith("-")
    records = [
        Record(*row)
        for row in connection.execute(
            select(*COLUMNS)
            .where(*conditions)
            .order_by(*(column.desc() if descending else column for column in columns))
            .limit(PAGE)
            .offset((page - 1) * PAGE)
        )
    ]
    return Table(_with_seats(connection, conference, records), total, page)


def living_ids(connection: Connection, conference: Conference, wanted: Filter) -> list[str]:
    """The registrations meant that something can still be done with, in the order they came."""
    return list(
        connection.execute(
            select(tables.Registration.id)
            .where(*wanted.conditions(conference), tables.Registration.status != "cancelled")
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
