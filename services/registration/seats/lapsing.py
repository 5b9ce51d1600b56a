"""What becomes of waiting for a session that has begun, or once the day is closed: it ends.

Consumers hear of each such place, so that nobody is written to about a waitlist that is over. The
person is told once, and only when they have ended up without anything in a slot in which one had
to choose: when the last of what they wait for there has begun. Whoever kept another place
meanwhile has what they have. Of a closed day nobody is written to.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, bindparam, select

from services.registration.base import tables
from services.registration.base.timers import lapse_at
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM, note
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference, lock_conference
from services.registration.seats.places import place
from services.registration.seats.promoting import status_with, write_record
from services.registration.seats.records import Seat, read_record, read_seats
from services.registration.seats.seats import give_back
from services.registration.seats.standby import remember_waiting
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events import registration as events

PAGE = 100
UNDO = timedelta(hours=1)

_WAITING = (
    select(tables.Seat.registration_id)
    .where(
        tables.Seat.session_id.in_(bindparam("sessions", expanding=True)),
        tables.Seat.state == "waiting",
    )
    .distinct()
    .order_by(tables.Seat.registration_id)
    .limit(PAGE)
)


@retried
def lapse_page(desk: Desk, slug: str) -> bool:
    """End the waiting of some people for what has begun; False when nobody is left. Again is
    harmless: whose waiting has ended is no longer found."""
    with desk.database.begin() as connection:
        conference = lock_conference(connection, load_conference(connection, slug).id)
        if conference.stage != "published":
            return False
        over = _over(conference)
        awaited = [s.id for s in conference.sessions if s.id in over and s.waiting]
        sessions = {"sessions": awaited}
        people = connection.execute(_WAITING, sessions).scalars().all() if awaited else ()
        for registration_id in people:
            _lapse(desk, connection, conference, registration_id)
        return len(people) == PAGE


def _over(conference: Conference) -> Collection[int]:
    """The sessions that nobody is let into from their waitlist: once the day is closed, all."""
    return conference.by_id if conference.closed_at is not None else conference.begun(now())


def set_lapse_timers(connection: Connection, conference: Conference) -> None:
    """One at each moment at which something can no longer be joined. A programme that moves sets
    its own; one of an earlier programme finds nothing to do. What a save has put into the past with
    people waiting may be a slip: an hour is left to undo it."""
    moment = now()
    moments = {conference.joined_until(s) for s in conference.sessions if s.is_chosen}
    ahead = {at for at in moments if at > moment}
    if any(s.waiting for s in conference.sessions if conference.joined_until(s) <= moment):
        ahead.add(moment + UNDO)
    for at in ahead:
        lapse_at(connection, conference.slug, at)


def _lapse(
    desk: Desk, connection: Connection, conference: Conference, registration_id: str
) -> None:
    record = read_record(connection, registration_id, lock=True)
    old = read_seats(connection, conference, registration_id)
    over = _over(conference)
    ended = [seat for seat in old if seat.state == "waiting" and seat.session.id in over]
    if not ended:
        return
    at_the_door = [seat.session.id for seat in ended if conference.frees(seat.session)]
    remember_waiting(connection, registration_id, at_the_door)
    give_back(connection, registration_id, waiting=[seat.session.id for seat in ended])
    seats = tuple(seat for seat in old if seat not in ended)
    status = status_with(conference, record.status, old, seats)
    after = replace(record, status=status, revision=record.revision + 1)
    without = conference.closed_at is None and _left_without(conference, ended, seats)
    write_record(connection, conference, after, told=without)
    slugs = tuple(seat.session.slug for seat in ended)
    told = place(
        events.RegistrationChanged,
        after,
        conference,
        seats,
        desk.links,
        lapsed=slugs,
        tell="change" if without else "nothing",
    )
    desk.log.append(connection, told, subject=registration_id)
    note(
        connection,
        SYSTEM,
        "seat.lapsed",
        conference_id=conference.id,
        registration_id=registration_id,
        before={"waiting": list(slugs)},
        after={"waiting": []},
    )


def _left_without(conference: Conference, ended: list[Seat], seats: tuple[Seat, ...]) -> bool:
    """Whether that was the last they could hope for, and some slot stays empty."""
    slots = [{session.id for session in slot} for slot in conference.must_choose]
    has = {seat.session.id for seat in seats}
    waits = {seat.session.id for seat in seats if seat.state == "waiting"}
    lost = {seat.session.id for seat in ended}
    return any(slot & lost and not slot & has for slot in slots) and not any(
        slot & waits for slot in slots
    )
