"""The calendar of a person's day: an entry for each session that they hold or all attend.

One file with METHOD:PUBLISH has all that belongs in it. A registration and session keep their UID,
and SEQUENCE grows with every change of the person or of the programme; what is gone is taken out by
a CANCEL, one object for each UID (RFC 5546, 3.2.5). Why not a REQUEST, and why not a file for each
entry: docs/decisions/0025-one-calendar-file.md.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.events.registration import Conference, Place, Seat, Session
from shared.handouts.zone import zone_rules
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


def entries(place: Place, sessions: Iterable[Session] = ()) -> tuple[Entry, ...]:
    """What belongs in the person's calendar, in the order of the day; nothing while they have no
    place. `place` has the facts of the newest programme, and `sessions` are all of that programme:
    those that are not chosen are for everyone who is confirmed."""
    if place.status == "cancelled":
        return ()
    if place.status == "waitlisted":
        return held_entries(place)
    return held_entries(place, sessions) or (_day(place),)


def held_entries(place: Place, sessions: Iterable[Session] = ()) -> tuple[Entry, ...]:
    """One for each session held and for each that is for everyone, whatever the status: of a
    cancelled place they are what was given back."""
    attended: list[Seat | Session] = [seat for seat in place.seats if seat.state == "held"]
    attended += [session for session in sessions if not session.chosen]
    in_order = sorted(attended, key=lambda each: (each.starts_at, each.session))
    return tuple(_session(place, each) for each in in_order)


def published(place: Place, moment: datetime, sessions: Iterable[Session] = ()) -> bytes:
    """METHOD:PUBLISH of all `entries`, as of `moment`."""
    events = [_event(place, entry, moment, "CONFIRMED") for entry in entries(place, sessions)]
    return _calendar("PUBLISH", place.conference, events)


def withdrawn(place: Place, entry: Entry, moment: datetime) -> bytes:
    """METHOD:CANCEL of one entry that the person no longer has."""
    return _calendar("CANCEL", place.conference, [_event(place, entry, moment, "CANCELLED")])


def location(conference: Conference, at: Seat | Session | None = None) -> str:
    """ "Salle République, Palais des congrès, 128 rue de Paris, Montreuil"; nothing said twice. A
    session that has a venue or address of its own is not where the day is, nor in its town."""
    if at is not None and (at.venue or at.address):
        return at.where
    room = at.room if at else None
    parts = [part for part in (room, conference.venue, conference.address) if part]
    if conference.city.casefold() not in " ".join(parts).casefold():
        parts.append(conference.city)
    return ", ".join(parts)


def _session(place: Place, at: Seat | Session) -> Entry:
    return Entry(
        uid=f"{place.registration_id}.{at.session}",
        title=at.title,
        location=location(place.conference, at),
        starts_at=at.starts_at,
        ends_at=at.ends_at,
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
    # Times in UTC are written with a Z and need no rules.
    utc = conference.timezone == "UTC"
    zone = "" if utc else zone_rules(conference.timezone, conference.starts_at.year)
    return "".join([head, zone, *events, "END:VCALENDAR\r\n"]).encode()


def _event(place: Place, entry: Entry, moment: datetime, status: str) -> str:
    day = place.conference
    lines = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{place.revision + place.programme_version}",
        f"STATUS:{status}",
    ]
    when_and_what = (entry.starts_at, entry.ends_at, day.timezone, entry.title, entry.location)
    facts = _facts(*when_and_what, day.title, day.url, day.organiser, day.contact_email)
    return "".join([*map(_folded, lines), facts, "END:VEVENT\r\n"])


@lru_cache(maxsize=1024)  # everybody has the same, and a day has a dozen
def _facts(
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    title: str,
    location: str,
    day: str,
    url: str,
    organiser: str,
    contact: str,
) -> str:
    lines = [
        f"DTSTART{_local(starts_at, zone)}",
        f"SUMMARY:{_text(title)}",
        f"LOCATION:{_text(location)}",
        # The public page and not the personal link: calendars are shared with colleagues.
        f"DESCRIPTION:{_text(day)}\\n{_text(url)}",
        f"URL:{url}",
        _organizer(organiser, contact),
    ]
    if ends_at > starts_at:  # DTEND must be later, RFC 5545 3.8.2.2
        lines.insert(1, f"DTEND{_local(ends_at, zone)}")
    return "".join(map(_folded, lines))


def _local(moment: datetime, zone: str) -> str:
    """A time on the clocks of the place, with the name of its zone."""
    if zone == "UTC":
        return f":{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f";TZID={zone}:{moment.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"


def _text(text: str) -> str:
    """A value of type TEXT, RFC 5545 3.3.11."""
    return printable(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _organizer(name: str, address: str) -> str:
    # A parameter's value has no escape for a double quote, RFC 5545 3.2.
    name = printable(name).replace('"', "”")
    return f'ORGANIZER;CN="{name}":{mailto(address)}'


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
