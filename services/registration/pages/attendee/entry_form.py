"""The registration form as it was filled in: one part for each person, nothing typed is lost.

Each person has a key of their own. What is typed about them is named by it, so that nobody gets
what was another's when a person is added or taken out.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from services.registration.base.mistyped import meant
from services.registration.base.person import Person, full_name
from services.registration.pages.choosing import chosen_sessions, told_apart
from services.registration.pages.sentences import doubt_words, words_for
from services.registration.programme.facts import Conference
from shared.pages.visit import typed
from shared.words.language import Language

FIELDS = ("first_name", "last_name", "email", "organisation", "job_title")
MOST_PEOPLE = 20
_KEY = re.compile(r"[a-z][a-z0-9]{0,15}")

Pairs = list[tuple[str, str | UploadFile]]


def _new_key() -> str:
    return f"p{secrets.token_hex(4)}"


@dataclass
class Part:
    """One person's part of the form; `errors` are by field, in the visitor's language. `known`: the
    address may be registered already; `link_sent`: then it has its link by now."""

    key: str = field(default_factory=_new_key)
    values: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FIELDS, ""))
    choices: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    known: bool = False
    link_sent: bool = False
    asked: str = ""  # the address that they were asked about, and sent again

    @property
    def prefix(self) -> str:
        """Of the names of its fields."""
        return f"{self.key}-"

    @property
    def name(self) -> str:
        return full_name(self.values["first_name"], self.values["last_name"])

    @property
    def sessions(self) -> tuple[str, ...]:
        return tuple(told_apart(self.choices)[0])

    @property
    def waiting_for(self) -> tuple[str, ...]:
        return tuple(told_apart(self.choices)[1])

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

    @property
    def pairs(self) -> Pairs:
        pairs: Pairs = [(self.prefix + name, value) for name, value in self.values.items() if value]
        pairs += [(f"{self.prefix}option", choice) for choice in sorted(self.choices)]
        pairs += [(f"{self.prefix}email-asked", self.asked)] if self.asked else []
        pairs += [("known", self.key)] if self.known else []
        return pairs + ([("link_sent", self.key)] if self.link_sent else [])


@dataclass
class EntryForm:
    """The whole form. `key` tells one sending from its repetition; `done` are the names of those
    who are registered already, and `first` is the first one's link where that is who sent it;
    `pressed` is what the visitor pressed last."""

    parts: list[Part]
    consent: bool = False
    key: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    done: list[str] = field(default_factory=list)
    first: str = ""
    pressed: str = ""

    @classmethod
    def blank(
        cls, conference: Conference, people: Iterable[str], wanted: str | None
    ) -> "EntryForm":
        """An empty form for these people; for the first the session whose link was followed is
        chosen already."""
        parts = [Part(key) for key in _known_keys(people)] or [Part()]
        session = conference.by_slug.get(wanted or "")
        if session is not None and session.is_chosen:
            parts[0].choices.add(session.slug)
        return cls(parts)

    @classmethod
    def read(cls, form: FormData, conference: Conference) -> "EntryForm":
        keys = _known_keys(_all(form, "person"))
        known, link_sent = _all(form, "known"), _all(form, "link_sent")
        parts = [
            Part(
                key,
                {name: typed(form, f"{key}-{name}") for name in FIELDS},
                chosen_sessions(form, conference, f"{key}-"),
                known=key in known,
                link_sent=key in link_sent,
                asked=typed(form, f"{key}-email-asked"),
            )
            for key in keys
        ]
        return cls(
            parts or [Part()],
            consent=bool(typed(form, "consent")),
            key=typed(form, "key")[:100] or secrets.token_urlsafe(18),
            done=_all(form, "done")[:MOST_PEOPLE],
            first=typed(form, "first"),
            pressed=typed(form, "action"),
        )

    @property
    def pairs(self) -> Pairs:
        """What `read` makes the same form of."""
        whole: Pairs = [("key", self.key), ("action", self.pressed), ("first", self.first)]
        whole += [("consent", "yes")] if self.consent else []
        whole += [("done", name) for name in self.done]
        whole += [("person", part.key) for part in self.parts]
        return whole + [pair for part in self.parts for pair in part.pairs]

    def part(self, key: str) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)

    def add(self, organisation: str = "") -> None:
        """One more person, of the same organisation."""
        if len(self.parts) < MOST_PEOPLE:
            part = Part()
            part.values["organisation"] = self.parts[0].values["organisation"] or organisation
            self.parts.append(part)

    def remove(self, key: str) -> None:
        if len(self.parts) > 1:
            self.parts = [part for part in self.parts if part.key != key]


def _known_keys(keys: Iterable[str]) -> list[str]:
    """Those that are keys, each once."""
    return [key for key in dict.fromkeys(keys) if _KEY.fullmatch(key)][:MOST_PEOPLE]


def _all(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]
