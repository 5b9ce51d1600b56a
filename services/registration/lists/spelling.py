"""Whether a name can have been written so in any language of Latin letters, or whether its letters
went wrong: by signs that stand in no word, and by capitals where nobody writes them. Which letters
are frequent in which language says nothing here."""

import re
import unicodedata

from services.registration.lists.vocabulary import word_set

# UTF-8 that was read as one byte a letter: "Ã©", "Å¡", "Ãœ".
_TWO_FOR_ONE = re.compile("[ÂÃÄÅÐÑ][œŸŽžŠšŒ–—‘’“”°\x80-\xbf]|â€|ï»¿|├|┬")
_NEVER_IN_A_WORD = re.compile(r"[^\w\s'’‘`´ʼʹ.,()\-‐‑–&/·:;*+\"«»!?°]|[ºªµƒ¹²³¼½¾]")
# Beside a letter, these are what another one was misread as.
_INSIDE = re.compile(
    r"(?<=[^\W\d_])[«»–‘°](?=[^\W\d_])|(?<=[^\W\d_]{3})´(?=[^\W\d_])|(?<![^\W_])«(?=[^\W\d_]+$)"
)
_WORD = re.compile(r"[^\W\d_]+")
# Before a capital inside a word: McÉvoy, DeÁngelis, Ó hÓgáin.
_PREFIXES = word_set("h n t d l o mc mac fitz de del di da du la le van von al el")


def is_misspelt(text: str) -> bool:
    """Whether nobody can have written it so."""
    if text.isascii():
        return False
    # Letters of other scripts, and of Yoruba, have marks that are signs of their own.
    bare = "".join(sign for sign in text if not unicodedata.category(sign).startswith("M"))
    found = (_TWO_FOR_ONE, _NEVER_IN_A_WORD, _INSIDE)
    return any(rule.search(bare) for rule in found) or any(
        _has_odd_capitals(word) for word in _WORD.findall(bare) if not word.isascii()
    )


def _has_odd_capitals(word: str) -> bool:
    """About a letter that is not ASCII: RenÈ, HÈlËne, LEFéVRE."""
    for at in range(1, len(word)):
        if word[at].isupper() and word[:at].casefold() in _PREFIXES and word[at - 1].islower():
            word = word[at:]
            break
    around = f" {word} "
    return any(
        _is_odd(around[at - 1], around[at], around[at + 1], word)
        for at in range(1, len(word) + 1)
        if around[at] > "\x7f"
    )


def _is_odd(before: str, sign: str, after: str, word: str) -> bool:
    if sign.isupper():
        return before.islower() or (before.isupper() and after.islower() and len(word) > 2)
    # ß and ı have long had no capitals of their own.
    if not sign.islower() or sign in "ßıĸŉ" or len(word) < 3:
        return False
    return not before.islower() and not after.islower()
