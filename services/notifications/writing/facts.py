"""What an organiser's own words may name: plain values, ready to be read, by short names."""

from collections.abc import Mapping
from typing import Any

from shared.words.language import Language

# What each name says, for whoever writes; to be translated. A list is for `for` and `if` alone.
COMMON = {
    "first_name": "First name",
    "last_name": "Last name",
    "organisation": "Organisation",
    "title": "Title of the day",
    "date": "Date of the day",
    "start": "Time at which it begins",
    "venue_name": "Venue",
    "address": "Address of the venue",
    "city": "City",
    "organiser": "Organiser",
    "contact": "Address for questions",
    "link": "Link to the registration or, when there is none, to the programme",
}
OF_A_PLACE = {
    "code": "Code of the registration",
    "sessions": "The sessions held, each with title, time and room",
    "waiting": "The sessions waited for",
}
BY_KIND = {
    "promoted": {
        "granted": "The sessions in which a place was found",
        "released": "Whether a place at the same time was given back",
        "still_waiting": "Whether another choice is still waited for",
    },
    "changed": {"lapsed": "Whether something waited for has begun without a place"},
    "cancelled": {"removes": "Whether an attached file removes sessions from the calendar"},
    "notice": {"moved": "Whether the date is another one"},
    "day-cancelled": {"removes": "Whether an attached file removes sessions from the calendar"},
    "reminder": {"days": "Days left: 0 is today"},
    "certificate": {
        "duration": "Time attended in all",
        "certificate_code": "Code of the certificate",
        "verify_link": "Page that says whether it is genuine",
        "attached": "Whether it is attached",
        "replaces": "Code of the certificate that it replaces",
        "realisation_link": "Link to the certificat de réalisation, where there is one",
        "realisation_replaces": "Code of the certificat de réalisation that this one replaces",
    },
}
# Pieces of layout by kind, with what they say, where it is not these; what a kind must have.
PIECES = {
    "badge": "The QR code, as large as it must be",
    "programme": "The person’s sessions",
    "venue": "When and where",
}
PIECES_BY_KIND = {
    "cancelled": {},
    "certificate": {},
    "notice": {"changes": "What changed, with your note, and what must be chosen", **PIECES},
    "day-cancelled": {"reason": "Why the day is cancelled, as you wrote it"},
}
NEEDED = {"notice": "changes", "day-cancelled": "reason"}


def pieces(kind: str) -> dict[str, str]:
    """The pieces that the emails of this kind can have, each with what it says."""
    return PIECES_BY_KIND.get(kind, PIECES)


def names(kind: str) -> dict[str, str]:
    """The names that the emails of this kind know, each with what it says."""
    of_place = {} if kind == "certificate" else OF_A_PLACE
    return {**COMMON, **of_place, **BY_KIND.get(kind, {})}


def main_link(kind: str, content: Mapping[str, Any]) -> str:
    """Where the button of such an email leads."""
    if kind == "certificate":
        return str(content["certificate"].download_url)
    if kind == "cancelled":
        return str(content["conference"].url)
    return str(content["place"].manage_url)


def facts(kind: str, content: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The value of each of `names(kind)`."""
    conference, person, zone = content["conference"], content["person"], content["zone"]
    found = {
        # Whoever has a single name is greeted by it, and has no other.
        "first_name": person.called,
        "last_name": person.last_name if person.first_name else "",
        "organisation": person.organisation or "",
        "title": conference.title,
        "date": language.date(conference.starts_at, zone),
        "start": language.time(conference.starts_at, zone),
        "venue_name": conference.venue,
        "address": conference.address,
        "city": conference.city,
        "organiser": conference.organiser,
        "contact": conference.contact_email,
        "link": main_link(kind, content),
    }
    if kind == "certificate":
        return found | _of_certificate(content, language)
    place = content["place"]
    found |= {
        "code": place.code,
        "sessions": [_session(seat, zone, language) for seat in content["held"]],
        "waiting": [_session(seat, zone, language) for seat in content["waiting"]],
    }
    if kind == "promoted":
        granted = [_session(seat, zone, language) for seat in content["granted"]]
        still_waiting = place.status == "waitlisted"
        released = bool(content["released"])
        found |= {"granted": granted, "released": released, "still_waiting": still_waiting}
    if kind == "changed":
        found["lapsed"] = content["lapsed"]
    if kind == "notice":
        found["moved"] = any(change.what == "date" for change in content["changes"])
    if kind in ("cancelled", "day-cancelled"):
        found["removes"] = content["removes"]
    if kind == "reminder":
        found["days"] = content["days"]
    return found


def _of_certificate(content: Mapping[str, Any], language: Language) -> dict[str, Any]:
    certificate = content["certificate"]
    return {
        "duration": language.duration(certificate.minutes),
        "certificate_code": certificate.code,
        "verify_link": certificate.verify_url,
        "attached": content["attached"],
        "replaces": certificate.supersedes or "",
        "realisation_link": certificate.realisation_url or "",
        "realisation_replaces": certificate.realisation_supersedes or "",
    }


def _session(seat: Any, zone: str, language: Language) -> dict[str, str]:
    times = language.times(seat.starts_at, seat.ends_at, zone)
    return {"title": seat.title, "time": times, "room": seat.where}
