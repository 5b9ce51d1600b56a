"""A programme as a form: what is typed becomes the document that an import reads. One set of rules
counts for both, and its faults stand beside their fields."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml
from starlette.datastructures import FormData

from services.registration.programme.document import Programme, parse_programme
from services.registration.programme.export import programme_fields
from services.registration.programme.facts import COUNTED, Conference, Speaker
from services.registration.programme.faults import ProgrammeFault
from shared.http.numbers import row_number
from shared.pages.visit import typed

OF_DAY = (
    "slug",
    "title",
    "organiser",
    "contact_email",
    "language",
    "timezone",
    "date",
    "venue",
    "address",
    "city",
    "description",
    "access",
    "colour",
    "opens_at",
    "closes_at",
    "closes_before",
    "confirm_within",
    "workshops",
    "evidence",
    "free_after",
    "minutes",
    "share",
    "retention_months",
    "data_contact",
    "data_note",
)
OF_SESSION = (
    "id",
    "kind",
    "title",
    "from",
    "to",
    "room",
    "venue",
    "address",
    "capacity",
    "required",
    "description",
    "speakers",
    "counts",
)
_SECTIONS = {
    "opens_at": "registration",
    "closes_at": "registration",
    "closes_before": "registration",
    "confirm_within": "registration",
    "workshops": "attendance",
    "evidence": "attendance",
    "free_after": "attendance",
    "minutes": "attendance",
    "share": "attendance",
    "retention_months": "privacy",
    "data_contact": "privacy",
    "data_note": "privacy",
}
# What the form calls each field that two editors may both have changed; English msgids.
FIELD_NAMES = {
    "title": "Title",
    "organiser": "Organised by",
    "contact_email": "Email for questions",
    "language": "Language of the programme",
    "timezone": "Time zone",
    "date": "Date",
    "venue": "Venue",
    "address": "Street address",
    "city": "Town",
    "description": "Description",
    "access": "How to get there",
    "colour": "Colour of its page",
    "opens_at": "Registration opens",
    "closes_at": "Registration closes",
    "closes_before": "Minutes before a session when its places close",
    "confirm_within": "Minutes in which an address must be confirmed",
    "workshops": "Presence in a workshop",
    "evidence": "What proves presence",
    "free_after": "Minutes into a workshop after which seats of absent people are freed",
    "retention_months": "Months for which people’s data are kept",
    "data_contact": "Email for questions about data",
    "data_note": "Your own words on privacy",
    "kind": "Kind",
    "from": "Begins at",
    "to": "Ends at",
    "room": "Room",
    "capacity": "Places",
    "speakers": "Speakers",
    "required": "Must one be chosen at this time?",
}
_IN_SESSION = re.compile(r"sessions\[(\d+)\]\.(\w+)")
_LAST_HOUR = "23:59"
_LONGEST_SLUG = 60


@dataclass
class ProgrammeForm:
    """Everything as it was typed. A session is known by its number in this form, its `key`. The
    conference that is `shown` has what is given on a page of its own: pictures, biographies."""

    day: dict[str, str] = field(default_factory=lambda: dict.fromkeys(OF_DAY, ""))
    sessions: dict[int, dict[str, str]] = field(default_factory=dict)
    shown: Conference | None = None

    @classmethod
    def new(cls, language: str) -> "ProgrammeForm":
        form = cls()
        form.day.update(language=language, timezone="Europe/Paris", workshops="own-scan")
        form.add_session()
        return form

    @classmethod
    def of(cls, conference: Conference) -> "ProgrammeForm":
        written = programme_fields(conference)
        day = {
            name: _text(written.get(_SECTIONS[name], {}) if name in _SECTIONS else written, name)
            for name in OF_DAY
        }
        sessions = {
            key: {name: _text(session, name) for name in OF_SESSION}
            for key, session in enumerate(written["sessions"])
        }
        for session in sessions.values() if conference.counted else ():
            session["counts"] = "yes" if session["id"] in conference.counted else "no"
        return cls(day, sessions, conference)

    @classmethod
    def read(cls, form: FormData, shown: Conference | None = None) -> "ProgrammeForm":
        given = (row_number(str(key)) for key in form.getlist("session"))
        keys = [key for key in given if key is not None]
        return cls(
            {name: _typed(form, name) for name in OF_DAY},
            {key: {name: _typed(form, f"s{key}-{name}") for name in OF_SESSION} for key in keys},
            shown,
        )

    def add_session(self) -> None:
        """An empty one, which begins when the last one ends."""
        last = max((session["to"] for session in self.sessions.values()), default="")
        key = max(self.sessions, default=-1) + 1
        empty = dict.fromkeys(OF_SESSION, "")
        self.sessions[key] = {**empty, "kind": "plenary", "from": last}

    def remove_session(self, key: int) -> None:
        self.sessions.pop(key, None)

    def in_order(self) -> list[tuple[int, dict[str, str]]]:
        """The sessions by time; one without stays where it was typed, at the end."""
        return sorted(self.sessions.items(), key=lambda item: _minutes(item[1]["from"]))

    def programme(self) -> Programme:
        """Raises InvalidProgramme."""
        return parse_programme(self.document())

    def document(self) -> str:
        """The YAML that says the same."""
        day = {**self.day, "slug": self.day["slug"] or slug_of(self.day["title"])}
        written: dict[str, Any] = {
            name: text for name, text in day.items() if text and name not in _SECTIONS
        }
        for name, section in _SECTIONS.items():
            if day[name]:
                written.setdefault(section, {})[name] = day[name]
        if self.shown:
            pictures = {"image": self.shown.image, "logo": self.shown.logo}
            written |= {name: picture for name, picture in pictures.items() if picture}
        ids = {session["id"] for session in self.sessions.values() if session["id"]}
        typed_in = [session for _, session in self.in_order()]
        profiles = {each.name: each for each in self.shown.speakers} if self.shown else {}
        written["sessions"] = [_session(session, ids, profiles) for session in typed_in]
        if any(session["counts"] for session in typed_in):
            pairs = zip(typed_in, written["sessions"], strict=True)
            counted = [given["id"] for session, given in pairs if _counts(session)]
            written.setdefault("attendance", {})["sessions"] = counted
        return yaml.safe_dump(written, allow_unicode=True, sort_keys=False)

    def errors(self, faults: Sequence[ProgrammeFault]) -> dict[str, ProgrammeFault]:
        """The first fault of each field, by its name in the form."""
        keys = [key for key, _ in self.in_order()]
        errors: dict[str, ProgrammeFault] = {}
        for fault in faults:
            match = _IN_SESSION.match(fault.field)
            name = f"s{keys[int(match[1])]}-{match[2]}" if match else fault.field.rpartition(".")[2]
            errors.setdefault(name, fault)
        if "title" in errors and not self.day["slug"]:
            errors.pop("slug", None)  # it is made from the title
        return errors

    @staticmethod
    def is_broken(key: int, errors: dict[str, ProgrammeFault]) -> bool:
        return any(name.startswith(f"s{key}-") for name in errors)

    def fields(self) -> list[tuple[str, str]]:
        """Name and value of every field, to be sent along unseen."""
        fields = list(self.day.items())
        for key, session in self.sessions.items():
            fields.append(("session", str(key)))
            fields += [(f"s{key}-{name}", text) for name, text in session.items()]
        return fields


def slug_of(title: str) -> str:
    """What stands in an address for this title."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    first, *others = re.findall("[a-z0-9]+", plain) or [""]
    slug: str = first[:_LONGEST_SLUG]
    for word in others:
        if len(slug) + 1 + len(word) > _LONGEST_SLUG:
            break
        slug += f"-{word}"
    return slug


def _session(
    session: dict[str, str], ids: set[str], profiles: Mapping[str, Speaker]
) -> dict[str, Any]:
    written: dict[str, Any] = {
        name: text for name, text in session.items() if text and name != "counts"
    }
    if not session["id"]:
        written["id"] = _new_id(slug_of(session["title"]) or "session", ids)
        ids.add(written["id"])
    if session["speakers"]:
        lines = [line for line in session["speakers"].splitlines() if line.strip()]
        written["speakers"] = [_speaker(line, profiles) for line in lines]
    return written


def _counts(session: dict[str, str]) -> bool:
    """Whether a certificate is to list it: as was chosen, or as sessions of its kind do."""
    return session["counts"] == "yes" or (not session["counts"] and session["kind"] in COUNTED)


def _speaker(line: str, profiles: Mapping[str, Speaker]) -> dict[str, str]:
    """“Name, what they are”: a name has no comma. What else is told of them goes with the name."""
    name, _, title = (part.strip() for part in line.partition(","))
    known = profiles.get(name)
    told = {"biography": known.biography, "portrait": known.portrait} if known else {}
    return {"name": name, **{key: text for key, text in {"title": title, **told}.items() if text}}


def _new_id(wanted: str, ids: set[str]) -> str:
    number, free = 1, wanted
    while free in ids:
        number += 1
        free = f"{wanted}-{number}"
    return free


def _text(written: dict[str, Any], name: str) -> str:
    value = written.get(name)
    if name == "speakers":
        return "\n".join(
            ", ".join(filter(None, (speaker["name"], speaker.get("title"))))
            for speaker in value or ()
        )
    if name == "to" and isinstance(value, str) and value > _LAST_HOUR:
        return f"{int(value[:2]) - 24:02}{value[2:]}"  # the clock's own time, as people write it
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return "" if value is None else str(value)


def _typed(form: FormData, name: str) -> str:
    return typed(form, name).replace("\r\n", "\n").strip()


def _minutes(clock: str) -> int:
    hour, _, minute = clock.replace("h", ":").partition(":")
    if not (hour.isdecimal() and minute.isdecimal()):
        return 24 * 60 * 2
    return int(hour) * 60 + int(minute)
