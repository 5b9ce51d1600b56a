"""Letters that went wrong on their way into a list, and what they were: a text written in one way
and read in another, "RenÃ©" or "Ren‚" for "René"."""

import math
import re
from collections.abc import Iterable

from services.registration.lists.decoding import plausibility
from services.registration.lists.spelling import is_misspelt

# How the bytes were read, and how they had been written.
Mistake = tuple[str, str]
_MISTAKES: tuple[Mistake, ...] = (
    *((read, "utf-8") for read in ("cp1252", "mac_roman", "cp850")),
    *(("cp1252", wrote) for wrote in ("cp850", "mac_roman")),
    *(("mac_roman", wrote) for wrote in ("cp1252", "cp850")),
    *(("cp850", wrote) for wrote in ("cp1252", "mac_roman")),
)
_GONE = re.compile("\ufffd|(?<=[^\\W\\d_])\\?(?=[^\\W\\d_])")
_ASCII_LETTER = re.compile("[a-zA-Z]")
_OTHER_SCRIPT = re.compile("[^\0-\u024f\u1e00-\u1eff\u2010-\u201f]")
_GAIN = 2.0  # of plausibility, that makes a right-looking word doubtful


def is_lost(text: str) -> bool:
    """Whether a letter is gone for good."""
    return bool(_GONE.search(text))


def mistake_of(texts: Iterable[str]) -> Mistake | None:
    """The one by which these texts, of one row, were most likely misread; None where nothing shows
    that they were."""
    found = [text for text in texts if not text.isascii()]
    if not any(map(is_misspelt, found)):
        return None
    worth = {}
    for mistake in _MISTAKES:
        right = [readings[0] if (readings := undone(text, mistake)) else text for text in found]
        if not any(map(is_misspelt, right)):
            worth[mistake] = sum(map(_goodness, right))
    return max(worth, key=lambda mistake: worth[mistake]) if worth else None


def repairs(text: str, *, certain: bool) -> tuple[str, ...]:
    """What a text may have been, the likeliest first; nothing for one that looks right. Where it is
    `certain` how the list was written, what can be a name is one."""
    if text.isascii() or (certain and not is_misspelt(text)):
        return ()
    least = -math.inf if is_misspelt(text) else plausibility(text) + _GAIN
    found = {right for mistake in _MISTAKES for right in undone(text, mistake)}
    likely = (right for right in found if plausibility(right) >= least)
    return tuple(sorted(likely, key=lambda right: (-_goodness(right), right)))


def _may_be(candidate: str, text: str) -> bool:
    """A capital at the beginning is there on purpose, and no word is of two scripts."""
    if text[0].isupper() and candidate[0].islower():
        return False
    mixed = _ASCII_LETTER.search(candidate) and _OTHER_SCRIPT.search(candidate)
    return not mixed and not is_misspelt(candidate)


def undone(text: str, mistake: Mistake) -> list[str]:
    """What the text was before the mistake was made, as that of UTF-8 often is twice; nothing
    where it cannot have been."""
    found: list[str] = []
    times = 2 if mistake[1] == "utf-8" else 1
    right = _before(text, mistake)
    while right not in ("", text, *found) and len(found) < times:
        found.append(right)
        right = _before(right, mistake)
    return [right for right in reversed(found) if _may_be(right, text)]


def _before(text: str, mistake: Mistake) -> str:
    read, wrote = mistake
    # A space without break is made an ordinary one by nearly every program.
    original = text.replace("Ã ", "Ã\xa0") if wrote == "utf-8" else text
    try:
        right = _bytes(original, read).decode(wrote)
    except UnicodeError:
        return ""
    return right if right.isprintable() else ""


def _bytes(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return b"".join(_byte(sign, encoding) for sign in text)


def _byte(sign: str, encoding: str) -> bytes:
    try:
        return sign.encode(encoding)
    except UnicodeEncodeError:
        return sign.encode("latin-1")  # what an encoding leaves undefined is often passed on


def _goodness(text: str) -> float:
    """Fewer letters that are not ASCII are better than more of them, and names begin big."""
    return plausibility(text) - 4 * sum(1 for _ in _beyond_ascii(text)) - 3 * text[0].islower()


def _beyond_ascii(text: str) -> Iterable[int]:
    return (at for at, sign in enumerate(text) if sign > "\x7f")
