"""The day itself as a calendar file, for whoever is not registered, or not yet."""

from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress, vText

from services.registration.base.links import Links
from services.registration.programme.facts import Conference
from services.registration.programme.telling import conference_of
from shared.handouts.calendar import PRODUCT, location, printable
from shared.words.addresses import mailto


def day_calendar(conference: Conference, links: Links, moment: datetime) -> bytes:
    """One entry, in UTC; a later one of the same day takes its place (UID, SEQUENCE)."""
    day = conference_of(conference, links)
    entry = Event()
    entry.add("UID", f"{conference.slug}@{links.public_url.partition('://')[2]}")
    entry.add("DTSTAMP", moment.astimezone(UTC))
    entry.add("SEQUENCE", conference.version)
    entry.add("STATUS", "CANCELLED" if conference.stage == "cancelled" else "CONFIRMED")
    entry.add("DTSTART", conference.starts_at.astimezone(UTC))
    entry.add("DTEND", conference.ends_at.astimezone(UTC))
    entry.add("SUMMARY", printable(conference.title))
    entry.add("LOCATION", printable(location(day)))
    entry.add("DESCRIPTION", day.url)
    entry.add("URL", day.url)
    organizer = vCalAddress(mailto(conference.contact_email))
    organizer.params["CN"] = vText(printable(conference.organiser))
    entry.add("ORGANIZER", organizer)
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    calendar.add("METHOD", "PUBLISH")
    calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written
