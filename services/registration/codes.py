"""The registration's code: short, read aloud without mistakes, and not to be guessed.

23 signs that nobody takes for one another; the last is a check over the others, weighted by place,
which finds every single wrong sign and every two neighbours swapped.
"""

import secrets

ALPHABET = "34679ACDEFGHJKMNPRTVWXY"
LENGTH = 10


def new_code() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check(body)


def normalise_code(text: str) -> str | None:
    """The code as stored, from what a person or a scanner typed; None when it cannot be one."""
    code = "".join(sign for sign in text.upper() if sign not in " -.\u2011\u2013\t\r\n")
    if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
        return None
    return code if code[-1] == _check(code[:-1]) else None


def _check(body: str) -> str:
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]
