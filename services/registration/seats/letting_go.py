"""A place whose address nobody confirms in time goes to the next, where the day asks for that.

Only what people do themselves is held so: whom an organiser registers, or corrects, is vouched for.
Once the day has begun nobody loses a place any more, nor where the organiser no longer asks.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.registration.base.timers import let_go_at
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM, Actor
from services.registration.programme.facts import Conference
from services.registration.seats.changing import lock_registration, withdraw
from services.registration.seats.records import Record
from shared.base.clock import now
from shared.base.transactions import retried


def kept_until_confirmed(
    connection: Connection, conference: Conference, record: Record, by: Actor
) -> Record:
    """The record with its time to confirm, which begins now, and the timer set; without any where
    nothing is asked of it."""
    asked = by.kind == "person" and not record.confirmed_at
    until = confirmed_by(conference, now()) if asked else None
    if until:
        let_go_at(connection, record.id, until)
    return replace(record, confirm_by=until)


def confirmed_by(conference: Conference, moment: datetime) -> datetime | None:
    """Until when an address given at that moment is to be confirmed; None for ever."""
    if not conference.asks_to_confirm(moment):
        return None
    return moment + timedelta(minutes=conference.confirm_within)


@retried
def let_go(desk: Desk, registration_id: str) -> bool:
    """Give the place back if its time is over, tell the person, and promote whoever that lets in;
    False when there is nothing to do. Again is harmless."""
    with desk.database.begin() as connection:
        before, conference = lock_registration(connection, registration_id)
        until = before.to_confirm_by
        moment = now()
        if until is None or moment < until or not conference.asks_to_confirm(moment):
            return False
        withdraw(desk, connection, conference, before, SYSTEM, unconfirmed=True)
        return True
