"""What a letter's templates are given: facts of the event, nothing computed about the world."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from shared.events.certificates import CertificateIssued
from shared.events.registration import (
    Conference,
    Person,
    Place,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationPromoted,
)
from shared.handouts.calendar import printable
from shared.words.typography import typeset

CONFERENCE_WORDS = ("title", "organiser", "venue", "address", "city")
SEAT_WORDS = ("title", "room", "venue", "address")
LISTS = ("held", "waiting", "granted")
# Whose clocks a reader of this language goes by, as far as one can know; of English, nobody can.
READERS_AT = {"fr": "Europe/Paris"}


def about_place(
    place: Place,
    *,
    qr_id: str,
    has_pass: bool,
    overtaken: bool = False,
    calendar_attached: bool = False,
    removes: bool = False,
    day_cancelled: str | None = None,
    confirm_by: dt.datetime | None = None,
    **more: Any,
) -> dict[str, Any]:
    """For the letters about a person's place.

    `has_pass`: with the QR and the badge; `overtaken`: a newer letter about it is already out;
    `removes`: the calendar attached takes entries away; `day_cancelled`: why the day does not take
    place; `confirm_by`: when the place goes unless a link is opened.
    """
    return {
        **about_day(place.conference, place.person, overtaken),
        "place": place,
        "held": _in_order(place, "held"),
        "waiting": _in_order(place, "waiting"),
        "granted": granted(place),
        "released": place.released if isinstance(place, RegistrationPromoted) else (),
        "lapsed": isinstance(place, RegistrationChanged) and bool(place.lapsed),
        "calendar_attached": calendar_attached,
        "removes": removes,
        "day_cancelled": day_cancelled,
        "confirm_by": confirm_by,
        "not_confirmed": isinstance(place, RegistrationCancelled) and place.why == "not-confirmed",
        "qr_id": qr_id,
        "has_pass": has_pass,
        **more,
    }


def about_certificate(certificate: CertificateIssued, *, attached: bool) -> dict[str, Any]:
    return {
        **about_day(certificate.conference, certificate.person, overtaken=False),
        "certificate": certificate,
        "attached": attached,
    }


def set_in(content: dict[str, Any], locale: str) -> dict[str, Any]:
    """The same, set as a printer would: what organisers typed, but no name, address or link."""
    conference = content.get("conference")
    if locale != "fr" or conference is None:
        return content
    lists = {
        key: [_set(seat, SEAT_WORDS, locale) for seat in content.get(key, ())] for key in LISTS
    }
    reason = content.get("reason")
    says = [typeset(each, locale) for each in content.get("organiser_says", ())]
    overlapping = [
        tuple(_set(seat, SEAT_WORDS, locale) for seat in pair)
        for pair in content.get("overlapping", ())
    ]
    return {
        **content,
        **lists,
        "reason": typeset(reason, locale) if reason else reason,
        "organiser_says": says,
        "overlapping": overlapping,
        "conference": _set(conference, CONFERENCE_WORDS, locale),
    }


def granted(place: Place) -> list[Any]:
    """The seats that a promotion granted."""
    slugs = place.granted if isinstance(place, RegistrationPromoted) else ()
    return [seat for seat in place.seats if seat.session in slugs]


def days_until(conference: Conference, moment: dt.datetime) -> int:
    """Nights until the day, on the clocks of its place."""
    zone = ZoneInfo(conference.timezone)
    return (conference.starts_at.astimezone(zone).date() - moment.astimezone(zone).date()).days


def full_name(person: Person) -> str:
    return " ".join(filter(None, map(printable, (person.first_name, person.last_name))))


def _set(facts: BaseModel, fields: tuple[str, ...], locale: str) -> BaseModel:
    words = {field: getattr(facts, field) for field in fields}
    return facts.model_copy(
        update={field: typeset(said, locale) for field, said in words.items() if said}
    )


def about_day(conference: Conference, person: Person, overtaken: bool) -> dict[str, Any]:
    said = f"{conference.venue} {conference.address}".casefold()
    return {
        "conference": conference,
        "person": person,
        "zone": conference.timezone,
        "names_clocks": not _has_clocks_of(conference, READERS_AT.get(person.locale)),
        "overtaken": overtaken,
        "day_cancelled": None,
        "confirm_by": None,
        "not_confirmed": False,
        "city_is_said": conference.city.casefold() in said,
    }


def _has_clocks_of(conference: Conference, zone: str | None) -> bool:
    """Whether the clocks of the day show what those of that zone show."""
    starts_at = conference.starts_at
    there = starts_at.astimezone(ZoneInfo(conference.timezone)).utcoffset()
    return zone is not None and starts_at.astimezone(ZoneInfo(zone)).utcoffset() == there


def _in_order(place: Place, state: str) -> list[Any]:
    return sorted(_with_state(place.seats, state), key=lambda seat: (seat.starts_at, seat.session))


def _with_state(seats: Iterable[Any], state: str) -> list[Any]:
    return [seat for seat in seats if seat.state == state]
