"""What the certificats de réalisation of a day say: the facts of the provider, and their rules.

The labour ministry's model asks for them, and nobody but the organiser knows them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict

# The list of the French labour code, article L. 6313-1.
Nature = Literal["formation", "bilan", "vae", "apprentissage"]
Modality = Literal["on-site", "remote", "mixed"]
Rule = Literal["missing", "too-long", "number", "siret", "choice", "year", "picture"]

# For how many years evidence is kept, by what asks for it: funders of training; tax inspection;
# European funds and the books.
YEARS = ("3", "6", "10")
LONGEST = {
    "provider": 200,
    "activity_number": 30,
    "siret": 30,
    "title": 300,
    "representative": 120,
    "representative_title": 120,
    "signed_at": 100,
    "paid_in": 4,
}
MAY_BE_EMPTY = ("siret",)
_CHOICES = {"nature": get_args(Nature), "modality": get_args(Modality), "years": YEARS}
LATEST_PAYMENT = 5  # years after the day
_POST_OFFICE = "356000000"  # whose SIRETs add up otherwise


class Facts(BaseModel):
    """Numbers are kept as they are printed. `years` after the end of `paid_in`, the year of the
    last payment, the evidence may go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str
    activity_number: str
    siret: str
    title: str
    nature: Nature
    modality: Modality
    representative: str
    representative_title: str
    signed_at: str
    years: int
    paid_in: int

    @property
    def kept_until(self) -> date:
        """The last day on which the evidence must still be there."""
        return date(self.paid_in + self.years, 12, 31)


@dataclass(frozen=True)
class Fault:
    """A field, and the rule that what was typed there breaks."""

    field: str
    rule: Rule


def read_facts(typed: Mapping[str, str], day: date) -> tuple[Facts | None, list[Fault]]:
    """The facts as a form has them, for a day on this date; or what is wrong, field by field."""
    told = {name: " ".join(text.split()) for name, text in typed.items()}
    faults = [Fault(name, rule) for name in FIELDS if (rule := _broken(name, told, day))]
    if faults:
        return None, faults
    values: dict[str, Any] = {name: told.get(name, "") for name in FIELDS}
    values["activity_number"] = _grouped(_digits(values["activity_number"]), (2, 2, 5, 2))
    values["siret"] = _grouped(_digits(values["siret"]), (3, 3, 3, 5))
    return Facts.model_validate(values), []


def _broken(name: str, told: Mapping[str, str], day: date) -> Rule | None:
    text = told.get(name, "")
    if name in _CHOICES:
        return None if text in _CHOICES[name] else "choice"
    if not text:
        return None if name in MAY_BE_EMPTY else "missing"
    if len(text) > LONGEST[name]:
        return "too-long"
    if name == "activity_number" and not re.fullmatch(r"\d{11}", _digits(text)):
        return "number"
    if name == "siret" and not _is_siret(_digits(text)):
        return "siret"
    if name == "paid_in" and not _is_year(text, day):
        return "year"
    return None


def _is_year(text: str, day: date) -> bool:
    return bool(re.fullmatch(r"[0-9]{4}", text)) and 0 <= int(text) - day.year <= LATEST_PAYMENT


def _is_siret(digits: str) -> bool:
    """Fourteen digits of which the last is a check digit (Luhn); the post office's have another."""
    if not re.fullmatch(r"[0-9]{14}", digits):
        return False
    if digits.startswith(_POST_OFFICE) and sum(map(int, digits)) % 5 == 0:
        return True
    doubled = (int(sign) * (2 - place % 2) for place, sign in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _digits(text: str) -> str:
    """Without what people put between them."""
    return re.sub(r"[\s.\-\u2010-\u2015]", "", text)


def _grouped(digits: str, sizes: tuple[int, ...]) -> str:
    parts, start = [], 0
    for size in sizes:
        parts.append(digits[start : start + size])
        start += size
    return " ".join(part for part in parts if part)


FIELDS = tuple(Facts.model_fields)
