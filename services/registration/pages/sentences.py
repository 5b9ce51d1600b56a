"""Why a field or a choice is not accepted, as a sentence beside it."""

from typing import Any

from services.registration.base.refusals import Invalid, Refusal, SessionFull
from services.registration.pages.timetable import free_beside
from services.registration.programme.facts import Conference, Session
from shared.words.language import Language
from shared.words.typography import typeset


def words_for(error: Any, language: Language) -> str:
    """Pydantic's error about a field, for the person who filled it in."""
    gettext = language.gettext
    kind = error["type"]
    if kind in ("missing", "string_too_short"):
        return gettext("Please fill this in.")
    if kind == "string_too_long":
        most = error["ctx"]["max_length"]
        return gettext("Please use at most %(most)s characters.") % {"most": most}
    if kind == "email":
        return gettext("This is not an email address. One looks like name@example.org.")
    if kind == "not_a_name":
        return gettext("Please write the name in letters.")
    if kind == "link_in_name":
        return gettext("Please write the name without a link or an address in it.")
    if kind == "control_character":
        return gettext("There is an invisible character in this: please type it again.")
    return gettext("This cannot be accepted.")


def refusal_words(
    refusal: Refusal, conference: Conference, language: Language, *, instead: bool = True
) -> str:
    """The refusal of a choice, and what is possible `instead`, unless that is shown beside it."""
    if isinstance(refusal, SessionFull):
        return " ".join(
            _full(conference, conference.by_slug[slug], language, instead=instead)
            for slug in refusal.extra["sessions"]
        )
    if isinstance(refusal, Invalid):
        if any(fault.message.startswith("Choose one") for fault in refusal.faults):
            return language.gettext("Please choose a workshop.")
        sentences = [language.gettext(f.message) % f.parameters for f in refusal.faults]
        return typeset(" ".join(sentences), language.code)
    return typeset(language.gettext(refusal.message) % refusal.parameters, language.code)


def perhaps_registered(language: Language) -> str:
    """To who types an address and a name that are registered: the same to its owner as to a
    stranger, who learns more from the link alone."""
    words = "If this address is registered for this day already, its link can be sent to it."
    return language.gettext(words)


def doubt_words(meant: str, language: Language) -> str:
    """About an address that was probably mistyped: asked once, and never refused."""
    words = "Did you mean %(address)s? If the address is right as it is, send the form again."
    return typeset(language.gettext(words) % {"address": meant}, language.code)


def _full(conference: Conference, session: Session, language: Language, *, instead: bool) -> str:
    title = typeset(session.title, conference.language)
    words = language.gettext("There is no place left in %(title)s.") % {"title": title}
    if not instead:
        return words
    beside = [typeset(free.title, conference.language) for free in free_beside(conference, session)]
    if beside:
        still = language.gettext("Still free at the same time: %(titles)s.")
        words += " " + still % {"titles": ", ".join(beside)}
    return words + " " + language.gettext("Or join its waitlist.")
