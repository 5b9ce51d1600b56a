"""A person, as they may be written down: names of any script, nothing that can harm a page, an
email or a spreadsheet."""

import re
import unicodedata
from typing import Annotated, Any, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from shared.words.addresses import address_key as address_key
from shared.words.folding import folded

Locale = Literal["fr", "en"]

# Joiners that some scripts cannot be written without.
_JOINERS = "\u200c\u200d"


def clean(value: Any) -> Any:
    """One line of text in composed form, with single spaces; refuses what cannot be seen."""
    if not isinstance(value, str):
        return value
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    for sign in value:
        if not sign.isprintable() and sign not in _JOINERS and not sign.isspace():
            raise PydanticCustomError("control_character", "must not contain control characters")
        if sign in "\x00\n\r\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029":
            raise PydanticCustomError("control_character", "must not contain control characters")
    return " ".join(value.split())


def clean_optional(value: Any) -> Any:
    return clean(value) or None


# What a mail program makes a link of. An initial may stand before a dot without a space.
_LINK = re.compile(r"://|www\.|[@/\\]|[^\W\d_]{2}\.[^\W\d_]{2}", re.IGNORECASE)


def clean_name(value: str) -> str:
    """A name as a certificate can print it: letters of any script, no pictures; and as an email to
    somebody who never asked for it may: no link, no address."""
    if _LINK.search(unicodedata.normalize("NFKC", value)):
        raise PydanticCustomError("link_in_name", "must not contain a link or an address")
    if not any(sign.isalpha() for sign in value):
        raise PydanticCustomError("not_a_name", "must be written in letters")
    if any(unicodedata.category(sign) in ("So", "Co", "Cn", "Cs") for sign in value):
        raise PydanticCustomError("not_a_name", "must be written in letters")
    return value


def clean_first_name(value: str) -> str:
    return clean_name(value) if value else value


def clean_email(value: str) -> str:
    """The address as it will be written to; refuses what no server would take."""
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError:
        raise PydanticCustomError("email", "is not a valid email address") from None


def clean_email_if_any(value: str) -> str:
    return clean_email(value) if value else value


def locale_of(language: str) -> Locale:
    """The language to write in, to someone who reads this one."""
    return "fr" if language == "fr" else "en"


def person_key(address: str, first_name: str, last_name: str) -> str:
    """What makes two people the same one: several may have one address, but not one name, however
    it is written (case, accents, spaces). No address has a space in it."""
    return f"{address_key(address)} {''.join(folded(first_name + last_name).split())}"


def keys_of(address: str, first_name: str, last_name: str) -> dict[str, str | None]:
    """What finds them among all. Nothing of whoever has no address: a name alone makes nobody the
    same as somebody else."""
    if not address:
        return {"email_key": None, "address_key": None}
    return {
        "email_key": person_key(address, first_name, last_name),
        "address_key": address_key(address),
    }


def full_name(first_name: str, last_name: str) -> str:
    """As it is read; whoever has a single name has it as the last one."""
    return f"{first_name} {last_name}".strip()


Name = Annotated[
    str, Field(min_length=1, max_length=120), BeforeValidator(clean), AfterValidator(clean_name)
]
# Empty for whoever has a single name.
FirstName = Annotated[
    str, Field(max_length=120), BeforeValidator(clean), AfterValidator(clean_first_name)
]
Detail = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(clean_optional)]
Email = Annotated[
    str, Field(min_length=1, max_length=254), BeforeValidator(clean), AfterValidator(clean_email)
]
# Empty for whoever gave none at the door.
EmailIfAny = Annotated[
    str, Field(max_length=254), BeforeValidator(clean), AfterValidator(clean_email_if_any)
]


class Person(BaseModel):
    """Who takes part."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    first_name: FirstName
    last_name: Name
    email: Email
    organisation: Detail = None
    job_title: Detail = None
    locale: Locale = "fr"


class Walker(Person):
    """Whoever walks in, as staff write them down: without an address they get no letter."""

    email: EmailIfAny = ""


class PersonChange(BaseModel):
    """What may be corrected afterwards; what is absent stays."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    first_name: FirstName | None = None
    last_name: Name | None = None
    email: Email | None = None
    organisation: Detail = None
    job_title: Detail = None
    locale: Locale | None = None

    @property
    def corrections(self) -> dict[str, Any]:
        """The fields that were given; a name, an address or a language cannot be taken away."""
        given = self.model_dump(exclude_unset=True)
        return {
            name: value
            for name, value in given.items()
            if value is not None or name in ("organisation", "job_title")
        }
