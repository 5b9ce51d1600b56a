"""The calendar of a person's day: one entry for each session held, or one for the day.

PUBLISH and not REQUEST: a person who has registered has answered already, and an answer asked for
again would go to the organiser, one by one; and a REQUEST may hold one UID only, where a person
holds several sessions (RFC 5546, 3.2.1 and 3.2.2). A newer PUBLISH with the same UID and a higher
SEQUENCE updates; what is given up is taken out by a CANCEL, one object for each UID (3.2.5).

The UID stays the same for one registration and session, SEQUENCE is the registration's revision.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone
from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.events.registration import Conference, Place, Seat
from shared.words.addresses import mailto

PRODUCT = "-//Emarge//Emarge//EN"
LINE = 75  # bytes


class Entry(BaseModel):
    """One entry of a calendar, as much of it as a later update or cancellation needs."""

    model_config = ConfigDict(frozen=True)

    uid: str
    title: str
    location: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime


def entries(place: Place) -> tuple[Entry, ...]:
    """What belongs in the person's calendar; nothing while they have no place."""
    if place.status == "cancelled":
        return ()
    return held_entries(place) or ((_day(place),) if place.status == "confirmed" else ())


def held_entries(place: Place) -> tuple[Entry, ...]:
    """One for each session held, whatever the status: a cancellation names what was given back."""
    held = [seat for seat in place.seats if seat.state == "held"]
    return tuple(_session(place, seat) for seat in held)


def published(place: Place, moment: datetime) -> bytes:
    """METHOD:PUBLISH of everything that belongs in the calendar, as of `moment`."""
    events = [_event(place, entry, moment, "CONFIRMED") for entry in entries(place)]
    return _calendar("PUBLISH", place.conference, events)


def withdrawn(place: Place, entry: Entry, moment: datetime) -> bytes:
    """METHOD:CANCEL of one entry that the person no longer has."""
    return _calendar("CANCEL", place.conference, [_event(place, entry, moment, "CANCELLED")])


def location(conference: Conference, room: str | None = None) -> str:
    """ "Salle République, Palais des congrès, 128 rue de Paris, Montreuil"; nothing said twice."""
    parts = [part for part in (room, conference.venue, conference.address) if part]
    if conference.city.casefold() not in " ".join(parts).casefold():
        parts.append(conference.city)
    return ", ".join(parts)


def _session(place: Place, seat: Seat) -> Entry:
    return Entry(
        uid=f"{place.registration_id}.{seat.session}",
        title=seat.title,
        location=location(place.conference, seat.room),
        starts_at=seat.starts_at,
        ends_at=seat.ends_at,
    )


def _day(place: Place) -> Entry:
    conference = place.conference
    return Entry(
        uid=place.registration_id,
        title=conference.title,
        location=location(conference),
        starts_at=conference.starts_at,
        ends_at=conference.ends_at,
    )


def _calendar(method: str, conference: Conference, events: Iterable[str]) -> bytes:
    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODUCT}\r\nMETHOD:{method}\r\n"
    zone = _zone(conference.timezone, conference.starts_at.year)
    return "".join([head, zone, *events, "END:VCALENDAR\r\n"]).encode()


def _event(place: Place, entry: Entry, moment: datetime, status: str) -> str:
    conference = place.conference
    lines = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{place.revision}",
        f"STATUS:{status}",
        f"DTSTART{_local(entry.starts_at, conference.timezone)}",
        f"SUMMARY:{_text(entry.title)}",
        f"LOCATION:{_text(entry.location)}",
        # The public page and not the personal link: calendars are shared with colleagues.
        f"DESCRIPTION:{_text(conference.title)}\\n{_text(conference.url)}",
        f"URL:{conference.url}",
        _organizer(conference),
        "END:VEVENT",
    ]
    if entry.ends_at > entry.starts_at:  # DTEND must be later, RFC 5545 3.8.2.2
        lines.insert(6, f"DTEND{_local(entry.ends_at, conference.timezone)}")
    return "".join(_folded(line) for line in lines)


def _local(moment: datetime, zone: str) -> str:
    """A time on the clocks of the place, with the name of its zone."""
    if zone == "UTC":
        return f":{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f";TZID={zone}:{moment.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"


def _text(text: str) -> str:
    """A value of type TEXT, RFC 5545 3.3.11."""
    return printable(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _organizer(conference: Conference) -> str:
    # A parameter's value has no escape for a double quote, RFC 5545 3.2.
    name = printable(conference.organiser).replace('"', "”")
    return f'ORGANIZER;CN="{name}":{mailto(conference.contact_email)}'


def _folded(line: str) -> str:
    """Lines of at most 75 bytes, none broken inside a character, RFC 5545 3.1."""
    if len(line) <= LINE and line.isascii():
        return f"{line}\r\n"
    pieces, piece, room = [], "", LINE
    for sign in line:
        size = len(sign.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", LINE - 1  # after the blank that continues a line
        piece += sign
        room -= size
    return "\r\n ".join([*pieces, piece]) + "\r\n"


def printable(text: str) -> str:
    """The text without control characters: they may not be in a calendar."""
    if text.isprintable():
        return text.strip()
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).strip()


@lru_cache(maxsize=64)
def _zone(name: str, year: int) -> str:
    """The rules of a zone over the year: enough for one day, and every client understands it."""
    if name == "UTC":  # times in UTC are written with a Z and need no rules
        return ""
    zone = Timezone.from_tzid(name, first_date=date(year, 1, 1), last_date=date(year + 1, 1, 1))
    zone.pop("COMMENT", None)
    return bytes(zone.to_ical()).decode()
