"""Codes that people read aloud, type and scan: signs that nobody takes for one another, and a
last one that checks the others.

The check is weighted by place: it finds every single wrong sign and every two signs swapped.
"""

import secrets

ALPHABET = "34679ACDEFGHJKMNPRTVWXY"  # its length is prime, and the check rests on that

_BETWEEN = " -.\u00a0\u2010\u2011\u2012\u2013\u202f\t\r\n"


def new_code(length: int, group: int) -> str:
    """A random code of `length` signs, the last of them the check, in groups joined by hyphens."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return _grouped(body + _check(body), group)


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
    code = "".join(sign for sign in text.upper() if sign not in _BETWEEN)
    if len(code) != length or any(sign not in ALPHABET for sign in code):
        return None
    return _grouped(code, group) if code[-1] == _check(code[:-1]) else None


def _check(body: str) -> str:
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def _grouped(code: str, group: int) -> str:
    return "-".join(code[start : start + group] for start in range(0, len(code), group))
