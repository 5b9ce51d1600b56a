"""What is said of lists of people on the organiser's pages: their columns, readings and reasons."""

from collections.abc import Mapping
from typing import Any

from services.registration.base.person import full_name
from services.registration.lists.columns import SESSION
from services.registration.lists.doubts import Doubt
from services.registration.lists.people import Listed
from services.registration.lists.statuses import Status
from services.registration.pages.sentences import words_for
from services.registration.programme.facts import Conference
from shared.words.language import Language
from shared.words.typography import typeset

_NAMES = ("first_name", "last_name")


def reason_in_words(reason: Mapping[str, Any], language: Language) -> str:
    """Why a row or an item of a batch was refused, as batches keep it."""
    if "field" in reason:
        said = words_for(reason["error"], language)
        return _labelled(field_in_words(reason["field"], language), said, language)
    message = reason["message"]
    words = language.gettext(message) % reason["parameters"]
    return typeset(words, language.code)


def field_in_words(field: str, language: Language) -> str:
    """What a column may be taken for."""
    gettext = language.gettext
    labels = {
        "first_name": gettext("First name"),
        "last_name": gettext("Last name"),
        "full_name": gettext("First and last name"),
        "email": gettext("Email"),
        "organisation": gettext("Organisation"),
        "job_title": gettext("Job title"),
        "language": gettext("Language"),
        "locale": gettext("Language"),
        "sessions": gettext("Sessions"),
        "waiting_for": gettext("Sessions waited for"),
        "status": gettext("Status of the registration"),
        "paid": gettext("Paid: yes or no"),
        "cancelled": gettext("Cancelled: yes or no"),
    }
    return labels.get(field, field)


def column_in_words(field: str, conference: Conference, language: Language) -> str:
    """The same, or the session that the column has ticks for."""
    if not field.startswith(SESSION):
        return field_in_words(field, language)
    session = conference.by_slug.get(field.removeprefix(SESSION))
    return typeset(session.title, conference.language) if session else field


def doubt_in_words(doubt: Doubt, language: Language) -> str:
    return typeset(language.gettext(doubt.message) % doubt.parameters, language.code)


def reading_in_words(
    listed: Listed, reading: Mapping[str, str], conference: Conference, language: Language
) -> str:
    """What would be written down; the names, where a reading says no more than that these are
    right."""
    if ticks := [(name, said) for name, said in reading.items() if name.startswith(SESSION)]:
        [(name, said)] = ticks
        yes, no = language.pgettext("spreadsheet", "yes"), language.pgettext("spreadsheet", "no")
        answer = yes if said == "yes" else no
        return _labelled(column_in_words(name, conference, language), answer, language)
    person = {**listed.given["person"], **reading}
    shown = [field for field in reading if reading[field]]
    shown = shown or [field for field in _NAMES if person.get(field)]
    labelled = (
        _labelled(field_in_words(field, language), str(person[field] or ""), language)
        for field in shown
    )
    return " · ".join(labelled)


def status_in_words(status: Status, language: Language) -> str:
    """What the list says, and below which heading where it has one: "Cancelled: yes"."""
    if not status.heading:
        return status.written
    return _labelled(status.heading, status.written, language)


def name_of(given: Mapping[str, Any]) -> str:
    person = given["person"]
    return full_name(person.get("first_name") or "", person.get("last_name") or "")


def _labelled(label: str, said: str, language: Language) -> str:
    colon = "\N{NARROW NO-BREAK SPACE}:" if language.code == "fr" else ":"
    return f"{label}{colon} {said}"
