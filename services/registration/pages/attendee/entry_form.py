"""The registration form as it was filled in: one part for each person, nothing typed is lost."""

import secrets
from dataclasses import dataclass, field

from pydantic import ValidationError
from starlette.datastructures import FormData

from services.registration.base.mistyped import meant
from services.registration.base.person import Person
from services.registration.pages.choosing import WAIT, chosen_sessions, kept_meanwhile
from services.registration.pages.sentences import doubt_words, words_for
from services.registration.programme.facts import Conference
from shared.http.numbers import row_number
from shared.pages.visit import typed
from shared.words.language import Language

FIELDS = ("first_name", "last_name", "email", "organisation", "job_title")
MOST_PEOPLE = 20


@dataclass
class Part:
    """One person's part of the form; `meanwhile` is to be kept until a place comes free; `errors`
    are by field, in the visitor's language. `offers_link`: to whoever the address is of."""

    values: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FIELDS, ""))
    choices: set[str] = field(default_factory=set)
    meanwhile: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    offers_link: bool = False
    asked: str = ""  # the address that they were asked about, and sent again

    @property
    def sessions(self) -> tuple[str, ...]:
        return tuple(sorted({c.removeprefix(WAIT) for c in self.choices} | self.meanwhile))

    @property
    def waits(self) -> bool:
        return any(choice.startswith(WAIT) for choice in self.choices)

    @property
    def meant(self) -> str | None:
        """The address that was probably meant, until it was asked."""
        address = self.values["email"]
        return meant(address) if address != self.asked else None

    def person(self, language: Language) -> Person | None:
        """The person; None when a field is wrong or in doubt, which `errors` then has."""
        if self.meant:
            self.errors.setdefault("email", doubt_words(self.meant, language))
        try:
            return Person.model_validate({**self.values, "locale": language.code})
        except ValidationError as error:
            for problem in error.errors():
                name = str(problem["loc"][0]) if problem["loc"] else "first_name"
                self.errors.setdefault(name, words_for(problem, language))
            return None


@dataclass
class EntryForm:
    """The whole form. `key` tells one sending from its repetition."""

    parts: list[Part]
    consent: bool = False
    key: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    @classmethod
    def blank(cls, conference: Conference, wanted: str | None) -> "EntryForm":
        """An empty form; the session whose link was followed is chosen already."""
        session = conference.by_slug.get(wanted or "")
        part = Part()
        if session is not None and session.is_chosen:
            part.choices.add(f"{WAIT}{session.slug}" if session.is_full else session.slug)
        return cls([part])

    @classmethod
    def read(cls, form: FormData, conference: Conference) -> "EntryForm":
        count = _count(typed(form, "people"))
        return cls(
            [_read_part(form, number, conference) for number in range(count)],
            consent=bool(typed(form, "consent")),
            key=typed(form, "key")[:100] or secrets.token_urlsafe(18),
        )

    def add(self) -> None:
        """One more person, of the same organisation."""
        if len(self.parts) < MOST_PEOPLE:
            part = Part()
            part.values["organisation"] = self.parts[0].values["organisation"]
            self.parts.append(part)

    def remove(self, number: int) -> None:
        if len(self.parts) > 1 and 0 <= number < len(self.parts):
            del self.parts[number]


def _read_part(form: FormData, number: int, conference: Conference) -> Part:
    prefix = f"p{number}-"
    return Part(
        {name: typed(form, prefix + name) for name in FIELDS},
        chosen_sessions(form, conference, prefix),
        kept_meanwhile(form, conference, prefix),
        asked=typed(form, f"{prefix}email-asked"),
    )


def _count(text: str) -> int:
    return min(max(row_number(text) or 1, 1), MOST_PEOPLE)
