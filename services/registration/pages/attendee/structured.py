"""A conference as schema.org's Event, which search engines and assistants read off its page.

What is required and recommended: https://schema.org/Event and
https://developers.google.com/search/docs/appearance/structured-data/event
"""

from datetime import datetime
from typing import Any

from services.registration.base.links import Links
from services.registration.pictures.sizes import picture_path
from services.registration.programme.facts import Conference, Session
from services.registration.programme.marked_text import as_plain

SCHEMA = "https://schema.org"


def event(
    conference: Conference, links: Links, moment: datetime, pictures: list[str]
) -> dict[str, Any]:
    """As JSON-LD; `pictures` are addresses of what may be shown beside it."""
    url = links.conference_url(conference.slug)
    said = {
        "@context": SCHEMA,
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": conference.title,
        "description": as_plain(conference.description) or conference.title,
        "inLanguage": conference.language,
        "startDate": _local(conference, conference.starts_at),
        "endDate": _local(conference, conference.ends_at),
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "eventStatus": f"{SCHEMA}/{_status(conference)}",
        "location": _place(conference.venue, conference.address, conference.city),
        "image": pictures,
        "organizer": {
            "@type": "Organization",
            "name": conference.organiser,
            "email": conference.contact_email,
            "url": url,
        },
        "isAccessibleForFree": True,
        "subEvent": [_session(conference, each, links) for each in conference.sessions],
    }
    if conference.moved_from is not None:
        said["previousStartDate"] = _local(conference, conference.moved_from)
    if conference.stage != "cancelled":
        said["offers"] = _offer(conference, moment, f"{url}/register")
    if performers := [_person(conference, s.name, links) for s in conference.speakers]:
        said["performer"] = performers
    return said


def _status(conference: Conference) -> str:
    if conference.stage == "cancelled":
        return "EventCancelled"
    return "EventScheduled" if conference.moved_from is None else "EventRescheduled"


def _place(venue: str, address: str, city: str) -> dict[str, Any]:
    postal = {"streetAddress": address, "addressLocality": city}
    given = {name: text for name, text in postal.items() if text}
    return {"@type": "Place", "name": venue, "address": {"@type": "PostalAddress", **given}}


def _offer(conference: Conference, moment: datetime, url: str) -> dict[str, Any]:
    """Registering costs nothing, while there is a place."""
    offer = {
        "@type": "Offer",
        "url": url,
        "price": 0,
        "priceCurrency": "EUR",
        "availability": f"{SCHEMA}/{_availability(conference, moment)}",
        "validThrough": _local(conference, conference.closes_at or conference.ends_at),
    }
    if conference.opens_at is not None:
        offer["validFrom"] = _local(conference, conference.opens_at)
    return offer


def _availability(conference: Conference, moment: datetime) -> str:
    state = conference.state(moment)
    if state == "upcoming":
        return "PreOrder"
    full = any(all(session.is_full for session in slot) for slot in conference.must_choose)
    return "InStock" if state == "open" and not full else "SoldOut"


def _session(conference: Conference, session: Session, links: Links) -> dict[str, Any]:
    elsewhere = bool(session.venue or session.address)
    venue = session.venue or (session.address if elsewhere else conference.venue) or ""
    address = (session.address or "") if elsewhere else conference.address
    place = _place(venue, address, "" if elsewhere else conference.city)
    said: dict[str, Any] = {
        "@type": "Event",
        "name": session.title,
        "url": f"{links.conference_url(conference.slug)}#{session.slug}",
        "startDate": _local(conference, session.starts_at),
        "endDate": _local(conference, session.ends_at),
        "eventStatus": f"{SCHEMA}/{_status(conference)}",
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "location": place,
    }
    if session.description:
        said["description"] = as_plain(session.description)
    if session.capacity is not None:
        said["maximumAttendeeCapacity"] = session.capacity
        said["remainingAttendeeCapacity"] = session.free
    if session.speakers:
        said["performer"] = [_person(conference, each.name, links) for each in session.speakers]
    return said


def _person(conference: Conference, name: str, links: Links) -> dict[str, Any]:
    [speaker] = [each for each in conference.speakers if each.name == name]
    portrait = picture_path(conference, speaker.portrait, "portrait")
    given = {
        "jobTitle": speaker.title,
        "description": as_plain(speaker.biography),
        "image": portrait and f"{links.public_url}{portrait}",
    }
    return {"@type": "Person", "name": name, **{key: each for key, each in given.items() if each}}


def _local(conference: Conference, moment: datetime) -> str:
    """On the clocks of the place, with their offset."""
    return moment.astimezone(conference.zone).isoformat()
