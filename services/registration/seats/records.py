"""One registration and its seats, as read from the database."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.orm import aliased

from services.registration.base import tables
from services.registration.base.links import Opens
from services.registration.base.person import full_name
from services.registration.base.refusals import CodeUnknown, LinkReplaced, NotFound
from services.registration.programme.facts import Conference, SeatState, Session, Status
from shared.words.folding import sought

CODE_LENGTH, CODE_GROUP = 10, 5  # of a registration's code: 23⁹ of them, written XXXXX-XXXXX


@dataclass(frozen=True, slots=True)
class Record:
    """A row of `registration`."""

    id: str
    conference_id: int
    code: str
    status: Status
    revision: int
    attendance_version: int
    first_name: str
    last_name: str
    email: str
    organisation: str | None
    job_title: str | None
    locale: str
    registered_by: str | None
    created_at: datetime
    erased_at: datetime | None = None
    programme_version: int = 0
    link_generation: int = 0
    confirmed_at: datetime | None = None
    confirm_by: datetime | None = None

    @property
    def to_confirm_by(self) -> datetime | None:
        """Until when the place is kept for an address that nobody has confirmed."""
        is_kept = self.status != "cancelled" and self.confirmed_at is None
        return self.confirm_by if is_kept else None

    @property
    def let_go_at(self) -> datetime | None:
        """When the place was let go because nobody had confirmed the address."""
        return self.confirm_by if self.status == "cancelled" else None

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)

    @property
    def sought(self) -> str:
        """What a search finds them by."""
        return sought(self.last_name, self.first_name, self.organisation, self.email)


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat of a person; `rank` is the place in the waitlist, from 1."""

    session: Session
    state: SeatState
    rank: int | None = None


COLUMNS = [getattr(tables.Registration, column.name) for column in fields(Record)]
_RECORD = select(*COLUMNS).where(tables.Registration.id == bindparam("registration_id"))
_BY_CODE = select(*COLUMNS).where(tables.Registration.code == bindparam("registration_code"))
_CONFERENCE = (
    select(tables.Conference.slug)
    .join(tables.Registration, tables.Registration.conference_id == tables.Conference.id)
    .where(tables.Registration.id == bindparam("registration_id"))
)
_ahead = aliased(tables.Seat)
_SEATS = select(
    tables.Seat.session_id,
    tables.Seat.state,
    select(func.count())
    .select_from(_ahead)
    .where(
        _ahead.session_id == tables.Seat.session_id,
        _ahead.state == "waiting",
        _ahead.ticket <= tables.Seat.ticket,
    )
    .scalar_subquery()
    .label("rank"),
).where(tables.Seat.registration_id == bindparam("of_registration"))
INSERT_SEATS = insert(tables.Seat)


def read_record(connection: Connection, registration_id: str, *, lock: bool = False) -> Record:
    """The registration; with `lock`, nobody else changes it before this transaction ends.

    Raises NotFound.
    """
    statement = _RECORD.with_for_update(key_share=True) if lock else _RECORD
    row = connection.execute(statement, {"registration_id": registration_id}).first()
    if row is None:
        raise NotFound
    return Record(*row)


def refuse_replaced(record: Record, opens: Opens) -> None:
    """Raises LinkReplaced when the link was of an earlier address."""
    if opens.generation != record.link_generation:
        raise LinkReplaced


def read_records(connection: Connection, registration_ids: Collection[str]) -> dict[str, Record]:
    """Those of the registrations that exist, by id."""
    chosen = select(*COLUMNS).where(tables.Registration.id.in_(registration_ids))
    return {record.id: record for record in (Record(*row) for row in connection.execute(chosen))}


def conference_of(connection: Connection, registration_id: str) -> str:
    """The slug of the day it is for. Raises NotFound."""
    slug = connection.execute(_CONFERENCE, {"registration_id": registration_id}).scalar()
    if slug is None:
        raise NotFound
    return slug


def read_record_by_code(connection: Connection, code: str) -> Record:
    row = connection.execute(_BY_CODE, {"registration_code": code}).first()
    if row is None:
        raise CodeUnknown
    return Record(*row)


def read_seats(
    connection: Connection, conference: Conference, registration_id: str
) -> tuple[Seat, ...]:
    """The seats of a registration in the order of the programme."""
    rows = connection.execute(_SEATS, {"of_registration": registration_id}).all()
    seats = {
        row.session_id: Seat(
            conference.by_id[row.session_id],
            row.state,
            row.rank if row.state == "waiting" else None,
        )
        for row in rows
    }
    return tuple(seats[session.id] for session in conference.sessions if session.id in seats)
