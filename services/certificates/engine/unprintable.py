"""Values without the signs that no font writes: a certificate lacks a sign rather than a person
their certificate."""

import re
from typing import Any, TypeVar

from services.certificates.engine.values import AttendedSession, Signatory, Values

_Model = TypeVar("_Model", Values, AttendedSession, Signatory)

# What only changes the sign before it (variation selectors, keycaps, skin tones, tags) goes with
# it, and so do the other pictures of a group that is joined to one.
_CHANGES = "[\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
_PICTURE = rf"[^\w\s]{_CHANGES}"
_JOINER = "\u200d"


def without(values: Values, characters: str) -> Values:
    """The same values with these characters left out of every text.

    Of a text that is nothing else, their code points are printed. Equal to `values` when they are
    in none: then the template itself has them.
    """
    unwritten = f"[{re.escape(characters)}]{_CHANGES}"
    joined = f"(?:{_PICTURE}{_JOINER})*{unwritten}(?:{_JOINER}(?:{_PICTURE}|{unwritten}))*"
    return _without(values, re.compile(joined))


def code_points(characters: str) -> str:
    """« U+20BB7 U+1F600 »"""
    return " ".join(f"U+{ord(character):04X}" for character in characters)


def _without(model: _Model, signs: re.Pattern[str]) -> _Model:
    return type(model).model_validate(
        {name: _reduced(getattr(model, name), signs) for name in type(model).model_fields}
    )


def _reduced(value: Any, signs: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return signs.sub("", value).strip() or code_points(value)
    if isinstance(value, tuple):
        return tuple(_reduced(item, signs) for item in value)
    if isinstance(value, AttendedSession):
        return _without(value, signs)
    if isinstance(value, Signatory):
        return _without(value, signs)
    return value
