"""Letters that went wrong on their way into a list, and what they were: a text written in one way
and read in another, "RenÃ©" or "Ren‚" for "René"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.registration.lists.decoding import plausibility

# How the bytes were read, and how they had been written.
Mistake = tuple[str, str]
_MISTAKES: tuple[Mistake, ...] = (
    *((read, "utf-8") for read in ("cp1252", "mac_roman", "cp850")),
    *(("cp1252", wrote) for wrote in ("cp850", "mac_roman")),
    *(("mac_roman", wrote) for wrote in ("cp1252", "cp850")),
    *(("cp850", wrote) for wrote in ("cp1252", "mac_roman")),
)
_GONE = re.compile("\ufffd|(?<=[^\\W\\d_])\\?(?=[^\\W\\d_])")
_NEVER_IN_A_WORD = re.compile(r"[^\w\s'’‘`´ʼʹ.,()\-‐‑–&/·:;*+\"«»!?°]|[ºªµƒ¹²³¼½¾]")
_GAIN = 2.0  # of plausibility, that makes a right-looking word doubtful


@dataclass(frozen=True)
class Repair:
    text: str
    mistake: Mistake


def is_lost(text: str) -> bool:
    """Whether a letter is gone for good."""
    return bool(_GONE.search(text))


def is_damaged(text: str) -> bool:
    """Whether nobody can have written it so."""
    return not text.isascii() and (
        any(plausibility(text[max(0, at - 1) : at + 2]) <= -2.5 for at in _beyond_ascii(text))
        or bool(_NEVER_IN_A_WORD.search(text))
    )


def repairs(text: str) -> list[Repair]:
    """What a text may have been, the likeliest first; nothing for one that looks right."""
    if text.isascii():
        return []
    damaged = is_damaged(text)
    found: dict[str, Mistake] = {}
    for mistake in _MISTAKES:
        right = undone(text, mistake)
        again = undone(right, ("cp1252", "utf-8"))
        for candidate in (right, again):
            if candidate not in ("", text) and _may_be(candidate, text):
                found.setdefault(candidate, mistake)
    written = plausibility(text)
    likely = sorted(found, key=lambda candidate: -_goodness(candidate))
    return [
        Repair(candidate, found[candidate])
        for candidate in likely
        if damaged or plausibility(candidate) >= written + _GAIN
    ]


def _may_be(candidate: str, text: str) -> bool:
    """A capital at the beginning is there on purpose."""
    return not is_damaged(candidate) and not (text[0].isupper() and candidate[0].islower())


def undone(text: str, mistake: Mistake) -> str:
    """The text as it was before the mistake; "" where it cannot have been made."""
    read, wrote = mistake
    # A space without break is made an ordinary one by nearly every program.
    original = text.replace("Ã ", "Ã\xa0") if wrote == "utf-8" else text
    try:
        right = b"".join(_byte(sign, read) for sign in original).decode(wrote)
    except UnicodeError:
        return ""
    return right if right.isprintable() else ""


def _byte(sign: str, encoding: str) -> bytes:
    try:
        return sign.encode(encoding)
    except UnicodeEncodeError:
        return sign.encode("latin-1")  # what an encoding leaves undefined is often passed on


def _goodness(text: str) -> float:
    """Fewer letters that are not ASCII are better than more of them."""
    return plausibility(text) - 4 * sum(1 for _ in _beyond_ascii(text))


def _beyond_ascii(text: str) -> Iterable[int]:
    return (at for at, sign in enumerate(text) if sign > "\x7f")
