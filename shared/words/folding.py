"""Words without what people write differently: `folded` for whether two are the same, `sought` and
`words_sought` for finding somebody, which takes far more for the same.

What is sought is a line of keys, a blank before and after each; a key is the letters and digits of
one field, or of one part of a name or address, run together. LAST stands before that of a last
name, WHOLE before one of all names: " ^legoff =legoffyann =yannlegoff yann le goff mairiedelyon
yannvilleexample ". The door's seek.js folds what is typed the same way;
tests/shared/folding-cases.json holds both to it.
"""

import re
import unicodedata
from collections.abc import Sequence

LAST, WHOLE = "^", "="
MOST_WORDS = 8

# What Unicode does not take apart, letters of one sound, and signs that some keyboards have for an
# apostrophe.
_LETTERS = str.maketrans(
    dict(zip("łøđðħıȷŧŋĸəɛɔɨʉɓɖɗƒɣƙƴʒƶǥ", "loddhijtnkeeoiubddfgkyzzg", strict=True))
    | {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"ς": "σ", "ґ": "г", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ٱ": "ا"}
    | dict.fromkeys("ʼʻʽʾʿʹʺˈꞌـ", "")
)
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# Accents and vowel points; not the vowel signs of Indic scripts and Thai, which are letters.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_BETWEEN = re.compile(r"[^a-z0-9]+")
_PARTS = re.compile(r"\w+")


def folded(text: str) -> str:
    """Without case and accents: two texts that differ in nothing else are the same."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def sought(last_name: str, first_name: str = "", *others: str | None) -> str:
    """What somebody is found by: their names, also as they are spelled without an umlaut, and
    whatever else is said of them. Empty when that is nothing."""
    keys = []
    for last, first in dict.fromkeys(
        (_key(spell(last_name)), _key(spell(first_name))) for spell in (str, _spelled_out)
    ):
        keys += [LAST + last, WHOLE + last + first, WHOLE + first + last, first] if last else []
    keys += [_key(part) for part in _PARTS.findall(f"{last_name} {first_name}")]
    for other in filter(None, others):
        keys += [_key(other), _key(other.rpartition("@")[0])]
    found = " ".join(key for key in dict.fromkeys(keys) if key)
    return f" {found} " if found else ""


def words_sought(text: str) -> list[str]:
    """What was typed, as keys: each is part of one of whoever is meant."""
    return [key for word in text.split() if (key := _key(word))][:MOST_WORDS]


def is_meant(words: Sequence[str], line: str) -> bool:
    """Whether whoever is found by this line (`sought`) is among those meant by `words_sought`."""
    return all(word in line for word in words)


def _key(text: str) -> str:
    if text.isascii():
        return _BETWEEN.sub("", text.lower())
    signs = unicodedata.normalize("NFKD", text).lower().translate(_LETTERS)
    return "".join(s for s in _MARKS.sub("", signs) if unicodedata.category(s)[0] in "LMN")


def _spelled_out(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().translate(_SPELLED_OUT)
