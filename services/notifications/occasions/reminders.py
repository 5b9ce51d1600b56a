"""Reminders: timers set when a place is confirmed, moved with the day, and looked at again when
they go off."""

from datetime import date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime
from sqlalchemy import Connection

from services.notifications.base.known_places import Known
from services.notifications.base.known_programmes import Day
from services.notifications.reasons import Reason
from shared.base.clock import now
from shared.bus.inbox import schedule
from shared.bus.timers import unschedule_others
from shared.events import Payload
from shared.events.registration import Conference, Place

MORNING = time(9)  # on the clocks of the conference


class ReminderDue(Payload):
    """Time to remind somebody, if they still come and the day is still that day."""

    type: ClassVar[str] = "notifications.reminder-due"
    registration_id: str
    days: int
    starts_at: AwareDatetime


def plan(
    connection: Connection, place: Place, day: Day, days: tuple[int, ...], *, first: bool = False
) -> None:
    """Set the next reminder of a confirmed place, as the day is now; take back every other, unless
    this is the `first` that is planned for it.

    One at a time: when it goes off, the one after it is planned. One that went off for a date does
    so no more, should the day come back to it.
    """
    current = day.now(place)
    coming = _coming(current, days) if _takes_place(place, day) else None
    if not first:
        take_back(connection, place.registration_id, but=coming[2] if coming else None)
    if coming is None:
        return
    before, at, key = coming
    starts_at = current.conference.starts_at
    due = ReminderDue(registration_id=place.registration_id, days=before, starts_at=starts_at)
    schedule(connection, due, key=key, at=at, lane="bulk", subject=place.registration_id)


def take_back(connection: Connection, registration_id: str, *, but: str | None = None) -> None:
    """Whatever waits for its time, but for the timer of that key."""
    unschedule_others(connection, ReminderDue, registration_id, but=but)


def needless(reminder: ReminderDue, known: Known | None, day: Day, now: datetime) -> Reason | None:
    """Why nobody should be reminded, if so."""
    if known is not None and known.erased:
        return "erased"
    if known is None or known.place is None or known.place.status != "confirmed":
        return "no-longer-comes"
    if day.cancelled is not None:
        return "day-cancelled"
    if not known.reminders:
        return "reminders-declined"
    conference = day.now(known.place).conference
    if _date(conference, conference.starts_at) != _date(conference, reminder.starts_at):
        return "day-moved"
    if now >= conference.starts_at:
        return "day-begun"
    return None


def due_at(conference: Conference, days_before: int) -> datetime:
    """The morning of that many days before, on the clocks of the place."""
    day = _date(conference, conference.starts_at) - timedelta(days=days_before)
    return datetime.combine(day, MORNING, ZoneInfo(conference.timezone))


def _takes_place(place: Place, day: Day) -> bool:
    return place.status == "confirmed" and day.cancelled is None


def _coming(place: Place, days: tuple[int, ...]) -> tuple[int, datetime, str] | None:
    """The next one: days before, moment, key. A moved day has new timers."""
    moment, conference = now(), place.conference
    date = _date(conference, conference.starts_at).isoformat()
    timers = (
        (before, due_at(conference, before), f"reminder:{place.registration_id}:{before}:{date}")
        for before in days
    )
    return min(
        (timer for timer in timers if timer[1] > moment),
        key=lambda timer: timer[1],
        default=None,
    )


def _date(conference: Conference, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(conference.timezone)).date()
