"""The registrations of a day as a table: searched, filtered, sorted and paged in the database."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, exists, func, select

from services.registration import tables
from services.registration.pages.organiser.people_search import matches
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
class Wanted:
    """What to show. `session` is a slug: whoever has or awaits a seat there."""

    search: str = ""
    status: str = ""
    session: str = ""
    order: Order = "-created"
    page: int = 1


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


def read_table(connection: Connection, conference: Conference, wanted: Wanted) -> Table:
    """One page of the rows that match, and how many match."""
    conditions = [tables.Registration.conference_id == conference.id, *matches(wanted.search)]
    if wanted.status:
        conditions.append(tables.Registration.status == wanted.status)
    if session := conference.by_slug.get(wanted.session):
        conditions.append(
            exists().where(
                tables.Seat.registration_id == tables.Registration.id,
                tables.Seat.session_id == session.id,
            )
        )
    total: int = connection.execute(
        select(func.count()).select_from(tables.Registration).where(*conditions)
    ).scalar_one()
    if not total:
        return Table([], 0, 1)
    page = max(1, min(wanted.page, -(-total // PAGE)))
    columns = _COLUMNS[wanted.order.removeprefix("-")]
    descending = wanted.order.startswith("-")
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
