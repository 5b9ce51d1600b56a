"""A calendar that is followed: the entries of the file that a person takes along, at an address
that calendars ask again and again. What no longer takes place stays in it, as cancelled."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, vDuration

from shared.events.registration import Place, Session
from shared.handouts.calendar import Entry, entries, printable, published, withdrawn

EVERY = timedelta(hours=1)  # a hint: some ask once a day whatever they are told


def followed(
    place: Place, moment: datetime, sessions: Iterable[Session] = (), *, off: bool = False
) -> bytes:
    """All entries, as of `moment`. `off`: the day is, or the place is; what the seats then say is
    what was given back."""
    sessions = tuple(sessions)
    status = "cancelled" if off else place.status
    calendar = Calendar.from_ical(
        published(place.model_copy(update={"status": status}), moment, sessions)
    )
    for entry in _called_off(place, sessions) if off else ():
        for event in Calendar.from_ical(withdrawn(place, entry, moment)).walk("VEVENT"):
            calendar.add_component(event)
    name = printable(place.conference.title)
    calendar.add("NAME", name)  # RFC 7986, 5.1
    calendar.add("X-WR-CALNAME", name)
    calendar.add("REFRESH-INTERVAL", vDuration(EVERY), parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(EVERY))
    written: bytes = calendar.to_ical()
    return written


def _called_off(place: Place, sessions: tuple[Session, ...]) -> tuple[Entry, ...]:
    return entries(place.model_copy(update={"status": "confirmed"}), sessions)
