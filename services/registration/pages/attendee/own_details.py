"""The form with what is recorded about a person, for themselves and for an organiser."""

from dataclasses import dataclass, field

from pydantic import ValidationError
from starlette.datastructures import FormData

from services.registration.base.mistyped import meant
from services.registration.base.person import PersonChange
from services.registration.base.refusals import AlreadyRegistered, CorrectedTooOften, Refusal
from services.registration.pages.sentences import doubt_words, perhaps_registered, words_for
from services.registration.seats.records import Record
from shared.pages.visit import typed
from shared.words.language import Language
from shared.words.typography import typeset

FIELDS = tuple(PersonChange.model_fields)


@dataclass
class Details:
    """What stands in the form; `errors` are by field, in the visitor's language. Who has no address
    (`is_addressed`) may go without one."""

    values: dict[str, str]
    is_addressed: bool = True
    errors: dict[str, str] = field(default_factory=dict)
    asked: str = ""  # the address that was asked about, and sent again
    recorded: str = ""  # the address of before

    @classmethod
    def of(cls, record: Record) -> "Details":
        values = {name: getattr(record, name) or "" for name in FIELDS}
        return cls(values, bool(record.email), recorded=record.email)

    @classmethod
    def read(cls, form: FormData, record: Record) -> "Details":
        """As sent; what the form does not have stays as it is recorded."""
        known = cls.of(record).values
        values = {name: typed(form, name) if name in form else known[name] for name in FIELDS}
        asked = typed(form, "email-asked")
        return cls(values, bool(record.email), asked=asked, recorded=record.email)

    @property
    def meant(self) -> str | None:
        """The address that was probably meant, where another one is given, until it was asked."""
        address = self.values["email"]
        return meant(address) if address not in (self.asked, self.recorded) else None

    def correction(self, language: Language) -> PersonChange | None:
        """None when a field is wrong or in doubt, which `errors` then has."""
        if self.meant:
            self.errors["email"] = doubt_words(self.meant, language)
            return None
        given = dict(self.values)
        if not self.is_addressed and not given["email"].strip():
            del given["email"]
        try:
            return PersonChange.model_validate(given)
        except ValidationError as error:
            for problem in error.errors():
                self.errors.setdefault(str(problem["loc"][0]), words_for(problem, language))
            return None

    def refuse(self, refusal: Refusal, language: Language, *, by_person: bool = False) -> None:
        """Show why beside the address, where it is about that; else raise it again. Who else is
        registered is said to an organiser alone."""
        if not isinstance(refusal, AlreadyRegistered | CorrectedTooOften):
            raise refusal
        words = language.gettext(refusal.message) % refusal.parameters
        if by_person and isinstance(refusal, AlreadyRegistered):
            words = perhaps_registered(language)
        self.errors["email"] = typeset(words, language.code)
