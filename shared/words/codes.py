"""Codes that people read aloud, type and scan: signs that nobody takes for one another, and a
last one that checks the others.

The check is weighted by place: it finds every single wrong sign and every two signs swapped. So a
code may also be read in other ways than as it stands: as a scanner's that types as on an American
keyboard into a machine that takes it for another. The door's code.js reads the same;
tests/shared/code-cases.json holds both to it.
"""

import re
import secrets
import unicodedata

ALPHABET = "34679ACDEFGHJKMNPRTVWXY"  # its length is prime, and the check rests on that
LEAST_PART = 4
PRINTED = (16, 4)  # length and group of what documents carry: 68 bits and the check

_SIGNS = frozenset(ALPHABET)
_NAMED = re.compile(r"^.*:(?=\s*\S)|^\s*code\b", re.IGNORECASE | re.DOTALL)
_BETWEEN = re.compile(r"[\s\-_.,;:/|'’\u00ad\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff]+")
# What such keyboards make of the keys whose signs codes have, and of the hyphen's, with and without
# Shift or Caps Lock.
_KEYBOARDS = (
    str.maketrans("", ""),
    str.maketrans("QqZz?,\"'-§èÈçÇ)°", "AAWWMM34667799--"),  # French and Belgian
    str.maketrans("Zzß?", "YY--"),  # German
)


def new_code(length: int, group: int) -> str:
    """A random code of `length` signs, the last of them the check, in groups joined by hyphens."""
    return derived_code(secrets.token_bytes(2 * length), length, group)


def derived_code(digest: bytes, length: int, group: int) -> str:
    """The code that follows from a digest, which must have more bits than the code."""
    number, signs = int.from_bytes(digest, "big"), []
    for _ in range(length - 1):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    body = "".join(signs)
    return _grouped(body + _check(body), group)


def parse_code(text: str, length: int, group: int) -> str | None:
    """The code as it was made, from what a person typed or scanned; None when it cannot be one."""
    typed = _NAMED.sub("", unicodedata.normalize("NFKC", text))
    for keyboard in _KEYBOARDS:
        code = _BETWEEN.sub("", typed.translate(keyboard).upper())
        if len(code) == length and set(code) <= _SIGNS and code[-1] == _check(code[:-1]):
            return _grouped(code, group)
    return None


def part_of_code(text: str, length: int) -> str | None:
    """The signs of a code of which somebody reads a part, four or more; None when it cannot be."""
    part = _BETWEEN.sub("", _NAMED.sub("", unicodedata.normalize("NFKC", text))).upper()
    return part if LEAST_PART <= len(part) <= length and set(part) <= _SIGNS else None


def _check(body: str) -> str:
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def _grouped(code: str, group: int) -> str:
    return "-".join(code[start : start + group] for start in range(0, len(code), group))
