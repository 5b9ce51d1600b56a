"""What one certificate says, before it is worded for a language."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Variant = Literal["day", "session", "speaker", "realisation"]
# The list of the French labour code, article L. 6313-1.
Nature = Literal["formation", "bilan", "vae", "apprentissage"]
Modality = Literal["on-site", "remote", "mixed"]
Locale = Literal["fr", "en"]

_WHITE_SPACE = str.maketrans("\t\n\r\f\v\u2028\u2029", "       ")
_UNWRITABLE = ("Cc", "Cs", "Cn")  # controls, lone surrogates, unassigned and non-characters

# Marks, embeddings, overrides and isolates (Unicode Standard Annex 9, 2): they show on no page and
# turn round what stands there.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _plain(text: str) -> str:
    """One line, one spelling: composed (NFC), white space collapsed, no control characters, none
    that change the direction of writing.

    XML 1.0 (the XMP packet) and HTML both refuse or rewrite what is dropped here, so every layer
    sees the same string. Only U+0020 collapses: no-break spaces are typography and stay.
    """
    spaced = text.translate(_WHITE_SPACE)
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", spaced)
        if unicodedata.category(character) not in _UNWRITABLE and character not in _TURNING
    )
    return " ".join(word for word in kept.split(" ") if word)


def _present(text: str) -> str:
    if not text:
        raise ValueError("nothing in it can be written")
    return text


Text = Annotated[str, AfterValidator(_plain)]
Name = Annotated[Text, AfterValidator(_present)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AttendedSession(_Frozen):
    """One session the person was present at (or spoke in), from when to when."""

    title: Text
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    minutes: int = Field(ge=0)


class Signatory(_Frozen):
    """Who answers for the document on the organiser's behalf."""

    name: Text
    title: Text = ""


class Action(_Frozen):
    """What a certificat de réalisation says beside who attended: facts of the provider."""

    provider: Text
    activity_number: Text = Field(description="numéro de déclaration d’activité, as it is printed")
    siret: Text = ""
    title: Text
    nature: Nature
    modality: Modality
    representative: Text = Field(description="who signs: the provider's legal representative")
    representative_title: Text
    signed_at: Text = Field(description="the town")
    kept_years: int = Field(description="for how long the provider keeps the evidence")


class Values(_Frozen):
    """Everything one certificate shows. Times are aware, and shown in `timezone`."""

    variant: Variant = "day"
    locale: Locale = "fr"
    holder: Name = Field(max_length=300)
    organisation: Text = ""
    conference: Text
    starts_at: AwareDatetime = Field(description="first moment of the conference")
    ends_at: AwareDatetime
    venue: Text = ""
    city: Text = ""
    organiser: Text
    signatory: Signatory
    sessions: tuple[AttendedSession, ...] = ()
    minutes: int = Field(ge=0, description="total certified; overlapping sessions count once")
    issued_at: AwareDatetime = Field(description="also the signature's claimed time")
    code: str = Field(pattern=r"^[0-9A-Z-]{4,40}$", description="public code, as printed")
    verify_url: str = Field(description="what the QR says; ends with the code")
    timezone: str = "Europe/Paris"
    credential: str = Field("", description="JSON of the badge that is attached; empty: none is")
    action: Action | None = None
