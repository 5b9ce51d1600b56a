"""Whoever walks in: the volunteer at a door registers them and lets them in there.

A device that was without a network sends later what it kept. A sheet's key makes one registration
of it however often it comes, and a device's moment one scan.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.registration.base.person import Person, full_name
from services.registration.day.attendance import Passage, Scanned, refuse_other_day, scan
from services.registration.desk import Desk
from services.registration.history.acts import Actor
from services.registration.people.search import find_people
from services.registration.programme.facts import Conference
from services.registration.seats.answers import earlier_answer
from services.registration.seats.records import Record
from services.registration.seats.registering import Application, register
from shared.words.folding import folded


@dataclass(frozen=True)
class WalkIn:
    """`at` is when they came, if not now; with `let_in` they have passed already."""

    person: Person
    sessions: tuple[str, ...]
    awaited: tuple[str, ...]
    door: str | None
    by: Actor
    at: datetime | None = None
    let_in: bool = False
    key: str | None = None


def walk_in(desk: Desk, slug: str, wanted: WalkIn) -> Scanned:
    """What the door says of them, once they are registered. Raises a Refusal; then nobody is."""
    if wanted.at is not None:
        refuse_other_day(desk.programmes.known(slug), wanted.at)
    code = register(desk, slug, _application(wanted)).code
    passage = Passage(code, "in", wanted.door, wanted.at, let_in=wanted.let_in, actor=wanted.by)
    return scan(desk, slug, passage)


def is_registered(desk: Desk, conference: Conference, wanted: WalkIn) -> bool:
    """Whether this very sheet has registered them already."""
    asked = _application(wanted)
    if asked.key is None:
        return False
    return earlier_answer(desk.database, conference, asked.key, asked.hash) is not None


def _application(wanted: WalkIn) -> Application:
    return Application(
        wanted.person,
        wanted.sessions,
        waiting_for=wanted.awaited,
        key=f"door:{wanted.key}" if wanted.key else None,
        by_staff=True,
        by=wanted.by,
        at=wanted.at,
    )


def namesakes(connection: Connection, conference: Conference, person: Person) -> list[Record]:
    """The living registrations of that name: perhaps of the very person who stands there."""
    name = full_name(person.first_name, person.last_name)
    found = find_people(connection, conference.id, name).people
    return [each for each in found if each.status != "cancelled" and _is_same(each.name, name)]


def _is_same(one: str, other: str) -> bool:
    return folded(one).split() == folded(other).split()
