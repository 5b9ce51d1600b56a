"""What differs between two programmes, and what was done to a conference, for the reader's eyes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.registration.editing.showing import ShownDifference
from services.registration.history.acts import Actor, who_in_words
from services.registration.programme.facts import Conference
from shared.events.registration import Difference
from shared.words.language import Language
from shared.words.typography import typeset

# English msgids; what is not here is shown by its own name.
FIELDS = {
    "title": "Title",
    "date": "Date",
    "timezone": "Time zone",
    "venue": "Venue",
    "address": "Street address",
    "city": "Town",
    "time": "Time",
    "room": "Room",
    "new": "New session",
    "gone": "Taken out",
    "capacity": "Places",
    "description": "Description",
    "speakers": "Speakers",
    "organiser": "Organised by",
    "contact": "Email for questions",
    "access": "How to get there",
    "colour": "Colour of its page",
    "image": "Picture",
    "logo": "Logo",
    "profiles": "Portraits and biographies",
    "people": "People",
    "note": "Message",
    "slug": "Address of its page",
    "from": "Copied from",
    "email": "Email",
    "role": "Role",
    "name": "Name",
    "status": "Status",
    "first_name": "First name",
    "last_name": "Last name",
    "organisation": "Organisation",
    "job_title": "Job title",
    "locale": "Language",
    "session": "Session",
    "sessions": "Sessions",
    "held": "Sessions",
    "beyond": "Beyond the limit",
    "waiting": "Waiting for",
    "format": "Format",
    "rows": "Rows",
    "columns": "Columns",
    "kind": "Kind",
    "expires_at": "Until",
    "number": "Version",
    "code": "Code",
    "evidence_until": "Evidence is kept until",
    "confirm_by": "Address to be confirmed by",
}
OF_PRESENCE = {**FIELDS, "from": "There from", "to": "There until"}
ACTS = {
    "programme.created": "Created the conference",
    "programme.changed": "Changed the programme",
    "programme.restored": "Went back to an earlier version",
    "programme.copied": "Created as a copy",
    "programme.published": "Published",
    "programme.unpublished": "Taken back to a draft",
    "notice.given": "Told people of the changes",
    "day.cancelled": "Cancelled the day",
    "day.closed": "Closed the day",
    "seat.given": "Given a place",
    "seat.freed": "Freed the seat of somebody absent",
    "seat.given-again": "Gave a freed seat back",
    "seat.waits-first": "Put whose seat was freed first on the waitlist",
    "seat.let-in": "Let in at the door",
    "seat.let-in-undone": "Took letting in at the door back",
    "seat.asked": "Stands in the line at the door",
    "seat.asked-no-more": "Left the line at the door",
    "seat.lapsed": "Waiting ended as the session began",
    "seat.withdrawn": "Place lost: the session was taken out",
    "registration.made": "Registered at the door",
    "registration.cancelled": "Cancelled a registration",
    "registration.changed": "Changed a person’s sessions",
    "registration.moved": "Moved a person",
    "registration.restored": "Cancellation undone",
    "person.corrected": "Corrected a person",
    "person.erased": "Data erased",
    "speaker.erased": "Forgot a speaker",
    "organiser.removed": "Took every role from somebody",
    "organiser.erased": "Somebody who organises was erased",
    "key.erased": "A key and its name were erased",
    "people.ending": "Announced that people’s data will go",
    "people.purged": "Erased people’s data: their time was over",
    "attendance.written": "Wrote presence by hand",
    "attendance.withdrawn": "Took presence written by hand back",
    "link.sent": "Sent a person’s link again",
    "batch.started": "Did something for many at once",
    "team.changed": "Changed the team",
    "token.created": "Made a key",
    "token.revoked": "Took a key back",
    "certificate.revoked": "Revoked a certificate",
    "design.published": "Published a design of the certificates",
    "realisation.changed": "Said what the certificats de réalisation say",
    "realisation.stopped": "Wanted no more certificats de réalisation",
    "link.renewed": "Renewed a person’s link",
    "export.made": "Exported people",
    "employer-link.made": "Made a link to certificates for an employer",
    "employer-link.revoked": "Withdrew an employer’s link to certificates",
    "columns.remembered": "Said what the columns of such files are",
    "columns.forgotten": "Had the columns of such files guessed again",
}
VALUES = {
    "confirmed": "Confirmed",
    "waitlisted": "On the waitlist",
    "cancelled": "Cancelled",
    "move": "Move",
    "cancel": "Cancel",
    "register": "Register",
    "registrations": "Registrations",
    "attendance": "Attendance",
    "sign-in-sheet": "Sign-in sheet",
    "badges": "Badges",
    "certificates": "Certificates",
    "personal-data": "All data of a person",
}
LANGUAGES = {"fr": "français", "en": "English"}
ROLES = {"organiser": "Organiser", "staff": "Door", "viewer": "Viewer"}
LONGEST = 300


@dataclass(frozen=True)
class Said:
    """One thing that differs: `session` is a title, nothing for the day itself; `before` and
    `after` are empty where there was, or is, nothing."""

    session: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class ActSaid:
    """`registration` is the id of the person it is about, where it is about one."""

    at: datetime
    who: str
    what: str
    fields: tuple[Said, ...]
    reason: str
    registration: str | None


def say_differences(
    found: Iterable[Difference | ShownDifference], conference: Conference, language: Language
) -> list[Said]:
    """In the language of the reader, times on the clocks of the conference."""
    return [
        Said(
            typeset(each.title, conference.language),
            _name(FIELDS, each.what, language),
            _value(each.what, each.before, conference, language),
            _value(each.what, each.after, conference, language),
        )
        for each in found
    ]


def say_act(act: Mapping[str, Any], conference: Conference, language: Language) -> ActSaid:
    """An act as `history` has it. A field may be of a session: `SLUG.capacity`."""
    before, after = act["before"], act["after"]
    names = OF_PRESENCE if act["what"].startswith("attendance.") else FIELDS
    if "session" in before:  # one that may be gone: it is called as it was then
        before = {"session": before.get("title") or before["session"]}
    fields = []
    for name in dict.fromkeys((*before, *after)):
        slug, _, what = name.rpartition(".")
        session = conference.by_slug.get(slug)
        fields.append(
            Said(
                typeset(session.title, conference.language) if session else slug,
                _name(names, what, language),
                _value(what, before.get(name), conference, language),
                _value(what, after.get(name), conference, language),
            )
        )
    return ActSaid(
        at=act["at"],
        who=who_in_words(Actor(**act["actor"]), language),
        what=_name(ACTS, act["what"], language),
        fields=tuple(fields),
        reason=act["reason"] or "",
        registration=act["registration"],
    )


def _value(what: str, value: Any, conference: Conference, language: Language) -> str:
    if value is None or value == "" or what in ("image", "logo"):  # a picture has no words
        return ""
    if isinstance(value, list):
        return ", ".join(_value("session", each, conference, language) for each in value)
    if what == "role" and value in ROLES:
        return language.pgettext("role", ROLES[value])
    if what == "locale" and value in LANGUAGES:
        return LANGUAGES[value]
    if when := _when(what, str(value), conference, language):
        return when
    if what in ("session", "beyond") and value in conference.by_slug:
        return typeset(conference.by_slug[value].title, conference.language)
    if value in VALUES:
        return language.gettext(VALUES[value])
    text = str(value)  # as it was typed: typeset, the two may look alike
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _when(what: str, value: str, conference: Conference, language: Language) -> str:
    """A day, a moment or two, on the clocks of the conference; nothing for what is none."""
    if what in ("date", "evidence_until"):
        return language.date(date.fromisoformat(value))
    if what in ("time", "new", "gone"):
        start, _, end = value.partition("/")
        moments = datetime.fromisoformat(start), datetime.fromisoformat(end)
        return language.times(*moments, conference.timezone)
    if what in ("expires_at", "confirm_by"):
        return language.day_and_time(datetime.fromisoformat(value), conference.timezone)
    if what == "to" or (what == "from" and "T" in value):
        return language.time(datetime.fromisoformat(value), conference.timezone)
    return ""


def _name(known: Mapping[str, str], name: str, language: Language) -> str:
    return language.gettext(known[name]) if name in known else name
