"""What was done about a person, in words: when, by whom, what it was before and is now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.registration.history.acts import history
from services.registration.programme.facts import Conference
from shared.words.language import Language

# To be translated; an act or a field that is not here is shown by its own name.
ACTS = {
    "person.corrected": "Corrected",
    "person.erased": "Data erased",
    "registration.changed": "Moved to other sessions",
    "registration.cancelled": "Cancelled",
    "registration.restored": "Cancellation undone",
    "link.sent": "Link sent again",
    "seat.given": "Given a place",
    "seat.lapsed": "Waiting ended as the session began",
    "seat.withdrawn": "Session taken out of the programme",
    "attendance.written": "Presence written by hand",
    "attendance.withdrawn": "What was written by hand taken back",
}
FIELDS = {
    "first_name": "First name",
    "last_name": "Last name",
    "email": "Email",
    "organisation": "Organisation",
    "job_title": "Job title",
    "locale": "Language",
    "status": "Status",
    "held": "Sessions",
    "waiting": "Waiting for",
    "session": "Session",
    "beyond": "Beyond the limit",
    "from": "There from",
    "to": "There until",
}
VALUES = {
    "confirmed": "Confirmed",
    "waitlisted": "On the waitlist",
    "cancelled": "Cancelled",
}
SILENT = ("title",)  # said by its session already


@dataclass(frozen=True)
class ActShown:
    """`fields` are (name, before, after); nothing is an empty string."""

    at: datetime
    who: str
    what: str
    fields: tuple[tuple[str, str, str], ...]
    reason: str


def acts_of(
    connection: Connection, conference: Conference, registration_id: str, language: Language
) -> list[ActShown]:
    """Newest first."""
    return [
        ActShown(
            at=act["at"],
            who=_who(act["actor"], language),
            what=_said(ACTS, act["what"], language),
            fields=tuple(_fields(act["before"], act["after"], conference, language)),
            reason=act["reason"] or "",
        )
        for act in history(connection, registration_id=registration_id)
    ]


def _who(actor: Mapping[str, str], language: Language) -> str:
    if actor["kind"] == "person":
        return language.gettext("The person")
    return actor["name"] or "Emarge"


def _fields(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    conference: Conference,
    language: Language,
) -> list[tuple[str, str, str]]:
    names = [name for name in {**before, **after} if name not in SILENT]
    return [
        (
            _said(FIELDS, name, language),
            _value(name, before.get(name), conference, language),
            _value(name, after.get(name), conference, language),
        )
        for name in names
    ]


def _value(name: str, value: Any, conference: Conference, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_value("session", each, conference, language) for each in value)
    if name in ("from", "to"):
        return language.time(datetime.fromisoformat(value), conference.timezone)
    if name == "session" and value in conference.by_slug:
        return conference.by_slug[value].title
    if name == "locale" and value in _NAMES:
        return _NAMES[value]
    return _said(VALUES, str(value), language)


_NAMES = {"fr": "français", "en": "English"}


def _said(known: Mapping[str, str], name: str, language: Language) -> str:
    return language.gettext(known[name]) if name in known else name
