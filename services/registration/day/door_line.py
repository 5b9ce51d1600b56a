"""Who is in a workshop that has begun, who is missing from it, and who stands at its door."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, select, union

from services.registration.base import tables
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import Evidence
from services.registration.day.tables import SignedPresence, WrittenPresence
from services.registration.programme.facts import UNLIMITED, Conference, Session
from services.registration.seats.records import Record, read_records
from services.registration.seats.standby import Standby, standby_of_session


@dataclass(frozen=True)
class Chairs:
    """The chairs of one session: ids of those who hold a seat, of those who have ever come in, and
    of those who are in; `known` is everybody on standby, in the order in which they are let in."""

    session: Session
    holders: frozenset[str] = frozenset()
    came: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    known: tuple[Standby, ...] = ()
    people: dict[str, Record] = field(default_factory=dict)

    @property
    def absent(self) -> list[Record]:
        """Who holds a seat and was never seen here, by name."""
        missing = [self.people[each] for each in self.holders - self.came]
        return sorted(missing, key=lambda r: (r.last_name, r.first_name, r.id))

    @property
    def unseated(self) -> frozenset[str]:
        """Who sits here without a seat of theirs: somebody let them in anyway."""
        return self.inside - self.holders

    @property
    def room(self) -> int:
        """Chairs that nobody sits on, and nobody has a right to."""
        return self.room_beside("")

    def room_beside(self, registration_id: str) -> int:
        """The same, had this person not come in."""
        limit = UNLIMITED if self.session.capacity is None else self.session.capacity
        return max(0, limit - len(self.holders) - len(self.unseated - {registration_id}))

    @property
    def line(self) -> list[Standby]:
        """Who stands at the door, the first first."""
        return [
            each
            for each in self.known
            if each.asked_at and not each.let_in_at and each.registration_id not in self.holders
        ]

    @property
    def freed(self) -> list[Standby]:
        """Whose seat was freed, and who has none here since."""
        return [
            each
            for each in self.known
            if each.freed_at and each.registration_id not in self.holders
        ]

    @property
    def let_in(self) -> list[Standby]:
        return [each for each in self.known if each.let_in_at]


def read_chairs(connection: Connection, conference: Conference, session: Session) -> Chairs:
    """As they are at this moment, presence included."""
    scanned = select(tables.Scan.registration_id).where(tables.Scan.session_id == session.id)
    written, signed = (
        select(table.registration_id).where(table.session_id == session.id)
        for table in (WrittenPresence, SignedPresence)
    )
    seen = list(connection.execute(union(scanned, written, signed)).scalars())
    evidence = read_evidence(connection, conference, seen)
    held = select(tables.Seat.registration_id).where(
        tables.Seat.session_id == session.id, tables.Seat.state == "held"
    )
    holders = frozenset(connection.execute(held).scalars())
    known = tuple(standby_of_session(connection, session.id))
    came = frozenset(each for each in seen if has_come(evidence[each], session))
    concerned = (holders - came).union(each.registration_id for each in known)
    return Chairs(
        session,
        holders,
        came,
        frozenset(each for each in seen if evidence[each].is_in(session.id)),
        known,
        read_records(connection, concerned),
    )


def has_come(evidence: Evidence, session: Session) -> bool:
    """Whether the person was ever let in here, by a scan or as it was written down."""
    if written := evidence.written.get(session.id):
        return written.times is not None
    return evidence.has_come(session.id)
