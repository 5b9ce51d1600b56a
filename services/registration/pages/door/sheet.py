"""The sheet on which a volunteer writes down whoever walks in: what it offers, and what it says."""

from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from services.registration.base.mistyped import meant
from services.registration.base.person import Walker
from services.registration.pages.choosing import choices_of, chosen_sessions, told_apart
from services.registration.pages.door.scanning import Door
from services.registration.pages.sentences import doubt_words, words_for
from services.registration.pages.timetable import options_of
from services.registration.programme.facts import Conference
from services.registration.seats.answers import hash_of
from shared.base.clock import now
from shared.pages.visit import typed
from shared.words.language import Language

SHEET = "/walk-in"  # its page, below the door's
MOST_KEY = 40
FIELDS = ("last_name", "first_name", "organisation", "email")


@dataclass(frozen=True)
class Sheet:
    """As it was filled in. `person` is None while a field is wrong, or the address in doubt, which
    `errors` then has; `asked` is the address that is doubted. `key` tells sheets apart."""

    values: dict[str, str]
    chosen: set[str]
    sessions: tuple[str, ...]
    awaited: tuple[str, ...]
    person: Walker | None
    errors: dict[str, str] = field(default_factory=dict)
    asked: str = ""
    key: str = field(default_factory=lambda: token_urlsafe(12))

    @property
    def once(self) -> str:
        """The same for a sheet that is sent twice as it is, when its button is pressed twice."""
        filled = [self.values, self.sessions, self.awaited]
        return f"sheet-{self.key}-{hash_of({'filled': filled})[:20]}"


def blank(here: Door) -> Sheet:
    """With this door's session chosen."""
    chosen = {here.session.slug} if here.session else set[str]()
    return Sheet(dict.fromkeys(FIELDS, ""), chosen, (), (), person=None)


def read_sheet(
    form: FormData, conference: Conference, language: Language, *, doubts: bool = True
) -> Sheet:
    """`doubts`: an address that was probably mistyped is asked about, once."""
    values = {name: typed(form, name) for name in FIELDS}
    chosen = chosen_sessions(form, conference)
    sessions, awaited = (tuple(slugs) for slugs in told_apart(chosen))
    key = typed(form, "key")[:MOST_KEY] or token_urlsafe(12)
    address = values["email"].strip()
    likely = meant(address) if doubts and address != typed(form, "asked") else None
    try:
        person = Walker.model_validate({**values, "locale": language.code})
    except ValidationError as error:
        errors = {str(each["loc"][0]): words_for(each, language) for each in error.errors()}
        return Sheet(values, chosen, sessions, awaited, None, errors, key=key)
    if likely:
        errors = {"email": doubt_words(likely, language)}
        return Sheet(values, chosen, sessions, awaited, None, errors, asked=address, key=key)
    return Sheet(values, chosen, sessions, awaited, person, asked=typed(form, "asked"), key=key)


def stand(conference: Conference, slug: str, direction: str) -> Door:
    return Door(conference.by_slug.get(slug), "out" if direction == "out" else "in")


def offered(conference: Conference, here: Door, sheet: Sheet | None = None) -> dict[str, Any]:
    """What the sheet's template shows."""
    moment = now()
    options = options_of(conference, moment)
    if here.session and here.session.is_chosen and not here.session.is_workshop:
        options = [s for s in conference.sessions if s in options or s == here.session]
    return {
        "sheet": sheet or blank(here),
        "groups": choices_of(conference, moment, late=True),
        "options": options,
    }
