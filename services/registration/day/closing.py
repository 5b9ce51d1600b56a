"""Closing the day: nothing about it changes any more, and whoever was there is certified.

The people are certified in pages, each a short transaction, by this service's own worker. Killed
half-way it goes on where it stopped: who has been certified is known by their attendance version.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Connection, bindparam, delete, exists, or_, select, update

from services.registration.base import tables
from services.registration.base.refusals import DayNotCome
from services.registration.base.timers import close_at, lapse_at, recount
from services.registration.day.certifying import certify
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import (
    Evidence,
    attended_sessions,
    certifiable,
    total_minutes,
)
from services.registration.day.tables import SignedPresence, WrittenPresence
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM, Actor, note
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import (
    bump_version,
    load_conference,
    load_conference_by_id,
    lock_conference,
)
from services.registration.seats.records import COLUMNS, Record, read_records
from services.registration.seats.tables import Answer
from shared.base.clock import now
from shared.base.transactions import retried

PAGE = 100

_TO_CERTIFY = (
    tables.Registration.conference_id == bindparam("of_conference"),
    # Whatever became of the place: who cancelled after having been there keeps the attendance.
    tables.Registration.erased_at.is_(None),
    tables.Registration.attendance_version == 0,
    or_(
        exists().where(tables.Scan.registration_id == tables.Registration.id),
        exists().where(WrittenPresence.registration_id == tables.Registration.id),
        exists().where(SignedPresence.registration_id == tables.Registration.id),
    ),
)
_PAGE = (
    select(*COLUMNS)
    .where(*_TO_CERTIFY, tables.Registration.id > bindparam("after"))
    .order_by(tables.Registration.id)
    .limit(PAGE)
    .with_for_update(key_share=True, of=tables.Registration)
)
_UNADDRESSED = select(tables.Registration.id).where(
    tables.Registration.conference_id == bindparam("of_conference"),
    tables.Registration.email == "",
    tables.Registration.erased_at.is_(None),
)
_ERASED = select(tables.Registration.id).where(
    tables.Registration.conference_id == bindparam("of_conference"),
    tables.Registration.erased_at.is_not(None),
)
_ALL = select(tables.Registration.id).where(*_TO_CERTIFY)


@retried
def close_day(desk: Desk, slug: str, actor: Actor = SYSTEM) -> int:
    """Close the day now; the worker certifies. Returns how many people came and await that.

    Raises DayNotCome before the day itself. Closing again is harmless.
    """
    with desk.database.begin() as connection:
        conference = load_conference(connection, slug)
        if now() < datetime.combine(conference.date, time(), conference.zone):
            raise DayNotCome
        _mark_closed(connection, conference, actor)
        close_at(connection, slug, now())
        return people_to_certify(connection, conference)


@dataclass(frozen=True)
class Preview:
    """What closing the day would give: how many were present, how many of those not erased get a
    certificate, to how many of them it cannot be sent, and who was there for too short a time to
    get one, with their minutes that count."""

    present: int
    certified: int
    unaddressed: int
    short: Sequence[tuple[Record, int]]

    @property
    def mailed(self) -> int:
        return self.certified - self.unaddressed


def preview(connection: Connection, conference: Conference) -> Preview:
    of = {"of_conference": conference.id}
    erased = set(connection.execute(_ERASED, of).scalars())
    present, certified, short = 0, [], {}
    for registration_id, evidence in read_evidence(connection, conference).items():
        present += evidence.came_at is not None
        attended = attended_sessions(conference, evidence)
        if registration_id in erased:
            continue
        if certifiable(conference, attended):
            certified.append(registration_id)
        elif evidence.came_at is not None:
            counted = (each for each in attended if conference.counts(each.session))
            short[registration_id] = total_minutes(counted)
    people = read_records(connection, short).values()
    by_name = sorted(people, key=lambda record: (record.last_name, record.first_name))
    unaddressed = connection.execute(_UNADDRESSED, of).scalars()
    handed = len(set(unaddressed).intersection(certified))
    return Preview(
        present, len(certified), handed, [(record, short[record.id]) for record in by_name]
    )


def people_to_certify(connection: Connection, conference: Conference) -> int:
    """How many came, for as long as the conference's rule asks, and are not certified yet."""
    ids = set(connection.execute(_ALL, {"of_conference": conference.id}).scalars())
    everybody = read_evidence(connection, conference)
    return sum(_is_awaited(conference, everybody[each]) for each in ids)


def _is_awaited(conference: Conference, evidence: Evidence) -> bool:
    return bool(certifiable(conference, attended_sessions(conference, evidence)))


def _mark_closed(connection: Connection, conference: Conference, actor: Actor) -> Conference:
    """Let nothing about the day change any more; returns it as closed."""
    conference = lock_conference(connection, conference.id)
    if conference.closed_at is None:
        connection.execute(
            update(tables.Conference)
            .where(tables.Conference.id == conference.id)
            .values(closed_at=now())
        )
        bump_version(connection, conference)
        recount(connection, conference.slug, conference.version + 1)
        lapse_at(connection, conference.slug, now())  # nobody is let in any more
        note(connection, actor, "day.closed", conference_id=conference.id)
        connection.execute(delete(Answer).where(Answer.conference_id == conference.id))
    return load_conference_by_id(connection, conference.id)


@retried
def close_as_timed(desk: Desk, slug: str) -> Conference:
    """Close the day, whose time has come; returns it as closed. Again is harmless."""
    with desk.database.begin() as connection:
        return _mark_closed(connection, load_conference(connection, slug), SYSTEM)


@retried
def certify_page(desk: Desk, conference: Conference, after: str) -> str | None:
    """Certify the next people after a registration id; returns where to go on, None at the end.

    Again is harmless: who has been certified is passed over.
    """
    with desk.database.begin() as connection:
        people = [
            Record(*row)
            for row in connection.execute(_PAGE, {"of_conference": conference.id, "after": after})
        ]
        evidence = read_evidence(connection, conference, [record.id for record in people])
        for record in people:
            attended = attended_sessions(conference, evidence[record.id])
            if counted := certifiable(conference, attended):
                certify(desk, connection, conference, record, counted)
        return people[-1].id if len(people) == PAGE else None
