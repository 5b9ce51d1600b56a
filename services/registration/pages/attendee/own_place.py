"""Whose registration a link is for, and everything its page shows."""

from dataclasses import dataclass

from services.registration.base.refusals import NotFound
from services.registration.desk import Desk
from services.registration.people.known_certificates import Links, certificate_links
from services.registration.programme.facts import Conference, Session
from services.registration.programme.programmes import load_conference_by_id
from services.registration.seats.records import Record, Seat, read_record, read_seats


@dataclass(frozen=True)
class OwnPlace:
    """`certificate` is where it can be had, once there is one."""

    token: str
    record: Record
    conference: Conference
    seats: tuple[Seat, ...]
    certificate: Links | None = None

    @property
    def held(self) -> list[str]:
        return [seat.session.slug for seat in self.seats if seat.state == "held"]

    @property
    def ranks(self) -> dict[str, int]:
        """The place in each waitlist, from 1."""
        return {seat.session.slug: seat.rank for seat in self.seats if seat.rank is not None}

    @property
    def keeps_meanwhile(self) -> bool:
        """Whether a place is kept at the hour of one that is waited for."""
        awaited = [seat.session for seat in self.seats if seat.state == "waiting"]
        held = [seat.session for seat in self.seats if seat.state == "held"]
        return any(here.overlaps(there) for here in held for there in awaited)

    @property
    def wanted(self) -> set[str]:
        """What the person would choose again: what is waited for, rather than what is kept
        meanwhile."""
        awaited = [seat.session for seat in self.seats if seat.state == "waiting"]
        return {
            seat.session.slug
            for seat in self.seats
            if seat.state == "waiting"
            or not any(seat.session.overlaps(session) for session in awaited)
        }

    @property
    def day(self) -> list[tuple[Session, Seat | None]]:
        """The person's own programme: what is for everyone, and their seats."""
        seats = {seat.session.id: seat for seat in self.seats}
        return [
            (session, seats.get(session.id))
            for session in self.conference.sessions
            if session.id in seats or not session.is_chosen
        ]


def read_own_place(desk: Desk, token: str) -> OwnPlace:
    """Raises NotFound for a link that is not ours."""
    registration_id = desk.links.registration_of(token)
    if registration_id is None:
        raise NotFound
    with desk.database.read() as connection:
        record = read_record(connection, registration_id)
        conference = load_conference_by_id(connection, record.conference_id)
        seats = read_seats(connection, conference, record.id)
        certificate = certificate_links(connection, record.id)
    return OwnPlace(token, record, conference, seats, certificate)
