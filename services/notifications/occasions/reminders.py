"""Reminders: timers set when a place is confirmed, and looked at again when they go off."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime
from sqlalchemy import Connection

from services.notifications.base.known_places import Known
from services.notifications.reasons import Reason
from shared.base.clock import now
from shared.bus.inbox import schedule, unschedule
from shared.events import Payload
from shared.events.registration import Conference, Place

MORNING = time(9)  # on the clocks of the conference


class ReminderDue(Payload):
    """Time to remind somebody, if they still come and the day is still that day."""

    type: ClassVar[str] = "notifications.reminder-due"
    registration_id: str
    days: int
    starts_at: AwareDatetime


def plan(connection: Connection, place: Place, days: tuple[int, ...]) -> None:
    """Set the next reminder of a confirmed place, take back those of any other.

    One at a time: when it goes off, the one after it is planned.
    """
    if place.status != "confirmed":
        take_back(connection, place, days)
        return
    moment = now()
    coming = [timer for timer in _timers(place, days) if timer[1] > moment]
    if not coming:
        return
    before, at, key = min(coming, key=lambda timer: timer[1])
    due = ReminderDue(
        registration_id=place.registration_id, days=before, starts_at=place.conference.starts_at
    )
    schedule(connection, due, key=key, at=at, lane="bulk", subject=place.registration_id)


def take_back(connection: Connection, place: Place, days: tuple[int, ...]) -> None:
    for _, _, key in _timers(place, days):
        unschedule(connection, key=key)


def needless(reminder: ReminderDue, known: Known | None, now: datetime) -> Reason | None:
    """Why nobody should be reminded, if so."""
    if known is not None and known.erased:
        return "erased"
    if known is None or known.place is None or known.place.status != "confirmed":
        return "no-longer-comes"
    if not known.reminders:
        return "reminders-declined"
    if known.place.conference.starts_at != reminder.starts_at:
        return "day-moved"
    if now >= reminder.starts_at:
        return "day-begun"
    return None


def due_at(conference: Conference, days_before: int) -> datetime:
    """The morning of that many days before, on the clocks of the place."""
    zone = ZoneInfo(conference.timezone)
    day = conference.starts_at.astimezone(zone).date() - timedelta(days=days_before)
    return datetime.combine(day, MORNING, zone)


def _timers(place: Place, days: tuple[int, ...]) -> Iterator[tuple[int, datetime, str]]:
    """(days before, moment, key). A moved day has new timers; the old ones find it moved."""
    conference = place.conference
    day = conference.starts_at.astimezone(ZoneInfo(conference.timezone)).date()
    for before in days:
        key = f"reminder:{place.registration_id}:{before}:{day.isoformat()}"
        yield before, due_at(conference, before), key
