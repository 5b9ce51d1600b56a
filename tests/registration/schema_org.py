"""As much of schema.org's vocabulary as an event's page uses: for each type, its documented
properties and what each may have (https://schema.org/version/latest/schemaorg-all-https.jsonld)."""

import re
from collections.abc import Iterator
from typing import Any

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
_URL = re.compile(r"https?://\S+")
_OF_THING = {"name": "Text", "description": "Text", "url": "URL", "image": "URL"}
TYPES: dict[str, dict[str, str]] = {
    "Event": _OF_THING
    | {
        "inLanguage": "Text",
        "startDate": "DateTime",
        "endDate": "DateTime",
        "previousStartDate": "DateTime",
        "eventAttendanceMode": "EventAttendanceModeEnumeration",
        "eventStatus": "EventStatusType",
        "location": "Place",
        "organizer": "Organization",
        "performer": "Person",
        "offers": "Offer",
        "subEvent": "Event",
        "isAccessibleForFree": "Boolean",
        "maximumAttendeeCapacity": "Integer",
        "remainingAttendeeCapacity": "Integer",
    },
    "Place": _OF_THING | {"address": "PostalAddress"},
    "PostalAddress": _OF_THING | {"streetAddress": "Text", "addressLocality": "Text"},
    "Organization": _OF_THING | {"email": "Text"},
    "Person": _OF_THING | {"jobTitle": "Text"},
    "Offer": _OF_THING
    | {
        "price": "Number",
        "priceCurrency": "Text",
        "availability": "ItemAvailability",
        "validFrom": "DateTime",
        "validThrough": "DateTime",
    },
}
MEMBERS = {
    "EventAttendanceModeEnumeration": {"OfflineEventAttendanceMode"},
    "EventStatusType": {"EventScheduled", "EventRescheduled", "EventCancelled"},
    "ItemAvailability": {"InStock", "SoldOut", "PreOrder"},
}
# https://developers.google.com/search/docs/appearance/structured-data/event
REQUIRED = ("name", "startDate", "location.name", "location.address")
RECOMMENDED = (
    "description",
    "endDate",
    "eventStatus",
    "image",
    "organizer.name",
    "organizer.url",
    "performer",
    "offers.availability",
    "offers.price",
    "offers.priceCurrency",
    "offers.url",
    "offers.validFrom",
)


def broken(said: dict[str, Any], path: str = "") -> Iterator[str]:
    """What of it the vocabulary does not know."""
    known = TYPES.get(said.get("@type", ""))
    if known is None:
        yield f"{path or 'it'} is of no type"
        return
    for name, given in said.items():
        if name.startswith("@"):
            continue
        if name not in known:
            yield f"{path}{name}: no property of {said['@type']}"
            continue
        for each in given if isinstance(given, list) else [given]:
            yield from _wrong(each, known[name], f"{path}{name}")


def _wrong(value: Any, kind: str, path: str) -> Iterator[str]:
    if kind in TYPES:
        if isinstance(value, dict) and value.get("@type") == kind:
            yield from broken(value, f"{path}.")
        else:
            yield f"{path}: no {kind}"
        return
    right = {
        "Text": isinstance(value, str) and value != "",
        "URL": isinstance(value, str) and bool(_URL.fullmatch(value)),
        "DateTime": isinstance(value, str) and bool(_DATE.fullmatch(value)),
        "Boolean": isinstance(value, bool),
        "Number": isinstance(value, int | float) and not isinstance(value, bool),
        "Integer": isinstance(value, int) and not isinstance(value, bool),
    }
    members = {f"https://schema.org/{member}" for member in MEMBERS.get(kind, ())}
    if not right.get(kind, value in members):
        yield f"{path}: no {kind}"


def missing(said: dict[str, Any], wanted: tuple[str, ...]) -> list[str]:
    return [path for path in wanted if not _at(said, path)]


def _at(said: Any, path: str) -> Any:
    for name in path.split("."):
        said = said.get(name) if isinstance(said, dict) else None
    return said is not None and said not in ("", [], {})
