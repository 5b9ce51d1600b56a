"""Whose registration a link is for, and everything its page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.registration.base.refusals import NotFound
from services.registration.desk import Desk
from services.registration.history.acts import last_act
from services.registration.pages.choosing import WAIT
from services.registration.people.confirming import confirm_address
from services.registration.people.known_certificates import (
    Links,
    Standing,
    certificate_links,
    read_standing,
)
from services.registration.programme.facts import Conference, Session
from services.registration.programme.programmes import load_conference_by_id
from services.registration.seats.changing import CANCELLED
from services.registration.seats.records import (
    Record,
    Seat,
    read_record,
    read_seats,
    refuse_replaced,
)
from services.registration.seats.standby import Standby, standby_of_people


@dataclass(frozen=True)
class OwnPlace:
    """`certificate` is where it can be had, once there is one, and `standing` how far it is;
    `restorable`: it was cancelled, and it is known what it had."""

    token: str
    record: Record
    conference: Conference
    seats: tuple[Seat, ...]
    standing: Standing
    certificate: Links | None = None
    restorable: bool = False
    at_doors: Sequence[Standby] = ()

    @property
    def held(self) -> list[str]:
        return [seat.session.slug for seat in self.seats if seat.state == "held"]

    @property
    def ranks(self) -> dict[str, int]:
        """The place in each waitlist, from 1."""
        return {seat.session.slug: seat.rank for seat in self.seats if seat.rank is not None}

    @property
    def lost(self) -> list[tuple[Session, datetime]]:
        """The sessions whose seat was freed as they were not there, and when."""
        held = {seat.session.id for seat in self.seats if seat.state == "held"}
        return [
            (self.conference.by_id[each.session_id], each.freed_at)
            for each in self.at_doors
            if each.freed_at and each.session_id not in held
        ]

    @property
    def keeps_meanwhile(self) -> bool:
        """Whether a place is kept at the hour of one that is waited for."""
        awaited = [seat.session for seat in self.seats if seat.state == "waiting"]
        held = [seat.session for seat in self.seats if seat.state == "held"]
        return any(here.overlaps(there) for here in held for there in awaited)

    @property
    def wanted(self) -> set[str]:
        """What is ticked in the form with their choice."""
        return {
            f"{WAIT if seat.state == 'waiting' else ''}{seat.session.slug}" for seat in self.seats
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
    """Raises NotFound for a link that is not ours, LinkReplaced for one that no longer counts."""
    opens = desk.links.read_token(token)
    if opens is None:
        raise NotFound
    if opens.emailed:
        confirm_address(desk, opens)
    with desk.database.read() as connection:
        record = read_record(connection, opens.registration_id)
        refuse_replaced(record, opens)
        conference = load_conference_by_id(connection, record.conference_id)
        seats = read_seats(connection, conference, record.id)
        standing = read_standing(connection, record, conference)
        certificate = certificate_links(connection, record.id)
        at_doors = standby_of_people(connection, [record.id])[record.id]
        had = last_act(connection, record.id, CANCELLED) if record.status == "cancelled" else None
    return OwnPlace(token, record, conference, seats, standing, certificate, bool(had), at_doors)


def place_of(desk: Desk, slug: str, registration_id: str) -> OwnPlace:
    """The same for who organises the day `slug`. Raises NotFound."""
    with desk.database.read() as connection:
        record = read_record(connection, registration_id)
    own = read_own_place(desk, desk.links.manage_token(record.id, record.link_generation))
    if own.conference.slug != slug:
        raise NotFound
    return own
