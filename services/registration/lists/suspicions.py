"""What makes a name doubtful by itself: misread letters, what a spreadsheet shows instead of a
value, words and numbers that are seldom anybody's name."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from services.registration.lists.decoding import plausibility
from services.registration.lists.misread import Mistake, is_lost, repairs, undone
from services.registration.lists.spelling import is_misspelt
from services.registration.lists.vocabulary import word_set
from shared.words.folding import folded

_ERROR = re.compile(
    r"#+|#(?:ref|n/?a|name|nom|value|valeur|div/0|null|nul|nombre|num|spill|propagation|calc|"
    r"getting_data|error|erreur|eparpillement|field|champ)[!?]?|(?:err|erreur|error)\s*:\s*\d+"
)
SELDOM = word_set(
    "true false vrai faux null nul none nan undefined inconnu inconnue unknown anonyme anonymous "
    "test tbd tba xxx xx x nc n/a n/c vide empty idem id. voir cf"
)
_ONLY_IN_CAPITALS = frozenset(["NA", "NC", "ND", "NR", "SO"])
_SIGNS = re.compile(r"[_#=<>\[\]{}|\\^~$%@;:*+\"!?]|[/&]|\s(?:et|and)\s", re.IGNORECASE)


@dataclass(frozen=True)
class Suspicion:
    """`readings` are texts, the likeliest first; none where nothing written can be the name."""

    readings: tuple[str, ...]
    message: str


def suspicion(
    text: str,
    mistake: Mistake | None = None,
    around: Collection[Mistake] = (),
    *,
    certain: bool = False,
) -> Suspicion | None:
    """Why this name needs a yes, None for one that looks like a name. `mistake` was made
    in the same row, those `around` elsewhere in the list; `certain`: what its letters were written
    in is known."""
    if _ERROR.fullmatch(folded(text)):
        return Suspicion((), "“%(written)s” is what a spreadsheet shows when a cell went wrong.")
    if is_lost(text):
        return Suspicion((), "A letter of “%(written)s” is lost.")
    if "@" in text:
        return Suspicion((), "“%(written)s” is an address, not a name.")
    if not any(sign.isalpha() for sign in text):
        return Suspicion((), "“%(written)s” is not a name.")
    if found := _misread(text, mistake, around, certain):
        return Suspicion(found, "The letters of “%(written)s” look as if they had been misread.")
    if folded(text) in SELDOM or text in _ONLY_IN_CAPITALS:
        return Suspicion((text,), "“%(written)s” is seldom a name.")
    if any(sign.isdigit() for sign in text):
        return Suspicion((text,), "There is a number in “%(written)s”.")
    if _SIGNS.search(text):
        return Suspicion((text,), "“%(written)s” is written in an unusual way.")
    return None


def _misread(
    text: str, mistake: Mistake | None, around: Collection[Mistake], certain: bool
) -> tuple[str, ...]:
    """As written first, but where nobody can have written it so."""
    if text.isascii():
        return ()
    misspelt = is_misspelt(text)
    same = undone(text, mistake)[:1] if mistake else []
    if found := [*same, *repairs(text, certain=certain)][:3]:
        # The row has other letters that went wrong: so did these, where nothing speaks against it.
        wrong = misspelt or (bool(same) and plausibility(same[0]) >= plausibility(text))
        return tuple(dict.fromkeys((*found, text) if wrong else (text, *found)))
    for mistake_around in around:
        for right in undone(text, mistake_around)[:1]:
            if plausibility(right) >= plausibility(text):
                return (text, right)
    return (text,) if misspelt else ()
