"""What keeps a registration form from being granted, as words beside its fields."""

from services.registration.base.person import Person
from services.registration.base.refusals import Refusal
from services.registration.pages.attendee.entry_form import EntryForm, Part
from services.registration.pages.choosing import choices_of
from services.registration.pages.sentences import perhaps_registered, refusal_words
from services.registration.programme.facts import Conference
from services.registration.seats.rules import choose, plan_place, workshop_groups
from shared.base.clock import now
from shared.words.language import Language
from shared.words.typography import typeset


def people_of(entry: EntryForm, conference: Conference, language: Language) -> list[Person] | None:
    """Everybody in the form, once it can be sent; else None, and the parts say what is wrong."""
    people = [part.person(language) for part in entry.parts]
    for part in entry.parts:
        _require_choices(part, conference, language)
    known = [person for person in people if person is not None]
    wrong = not entry.consent or any(part.errors for part in entry.parts)
    return None if wrong or len(known) < len(people) else known


def mark_mistakes(entry: EntryForm, conference: Conference, language: Language) -> None:
    """All that is wrong as things are now: also what is full meanwhile, and who may be registered
    already."""
    people_of(entry, conference, language)
    for part in entry.parts:
        if part.known and not part.link_sent:
            part.errors["email"] = typeset(perhaps_registered(language), language.code)
        if any(name.startswith("workshop-") for name in part.errors):
            continue
        try:
            _refuse(part, conference)
        except Refusal as refusal:
            words = refusal_words(refusal, conference, language, instead=False)
            part.errors.setdefault(_field_of(refusal, conference), words)


def _require_choices(part: Part, conference: Conference, language: Language) -> None:
    chosen = {*part.sessions, *part.waiting_for}
    for number, choice in enumerate(choices_of(conference, now())):
        if choice.required and not any(session.slug in chosen for session in choice.sessions):
            words = language.gettext("Please choose a workshop.")
            part.errors[f"workshop-{number}"] = words


def _refuse(part: Part, conference: Conference) -> None:
    """Raises what the choice would be refused with."""
    begun, awaited = conference.begun(now()), part.waiting_for
    chosen = choose(conference, part.sessions, waiting_for=awaited, begun=begun)
    plan_place(conference, chosen, waitlist=False, waiting_for=awaited, begun=begun)


def _field_of(refusal: Refusal, conference: Conference) -> str:
    """Beside which choice it is said."""
    about = set(refusal.extra.get("sessions", ()))
    for number, group in enumerate(workshop_groups(conference.sessions)):
        if about & {session.slug for session in group}:
            return f"workshop-{number}"
    return "option" if about else "workshop-0"
