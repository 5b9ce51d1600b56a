"""What a cell below the name of a session says: that the person comes, that they do not, or what
nobody can know."""

import re
from collections.abc import Sequence
from typing import Literal

from services.registration.lists.statuses import says_yes, standing_of
from services.registration.lists.table import words_of
from shared.words.folding import folded

_STANDS_FOR: dict[str | None, bool] = {
    "registered": True,
    **dict.fromkeys(("cancelled", "declined", "refunded"), False),
}
_NO_ANSWER = re.compile(r"\?+|n\s*/?\s*[ac]|n\.\s?[ac]\.?|n\.?d\.?|s\.?o\.?")
_DENIAL = re.compile(r"\b(?:pas|not?|sans|without|jamais|never|ni|ne|n)\b")
# "Pas de porc" and "sans gluten" are of somebody who comes, "pas encore" of somebody who may.
_MEAL = "repas|dejeuner|diner|cocktail|buffet|lunch|dinner|meal|place|inscription|atelier|session"
_SURE_DENIAL = re.compile(
    rf"pas|sans|jamais|never|(?:pas d[eu]?|pas d[eu]? l[ae]?|sans|without|not?)\s(?:{_MEAL})s?|"
    r"(?:(?:n|ne) (?:est|sera|suis|serai) )?pas (?:la|dispo|disponible|present|presente|libre|"
    r"interesse|interessee|concerne|concernee|possible|inscrit|inscrite|merci)|"
    r"(?:je )?ne (?:vien\w*|peu\w*|participe\w*|souhaite\w*|sera|serai)\b.*\bpas(?: .*)?|"
    r"(?:je )?n (?:ira|irai|assiste\w*) pas(?: .*)?|no (?:thanks|thank you)|"
    r"not (?:coming|attending|going|available|interested|applicable|registered)"
)
_WITHDRAWN = re.compile(r"\b(?:annul|cancel|desist|excus|absent|finalement|ne vien|no longer)")
_UNSURE = re.compile(r"\b(?:peut etre|maybe|perhaps|pas|not|eventuel|attente|si )")


def ticked(cell: str) -> bool | None:
    """Whether the person comes; None where that is not known. A number is one of seats."""
    words = " ".join(words_of(cell))
    said = says_yes(cell)
    if said is not None:
        return None if said and _WITHDRAWN.search(words) else said
    if words.isdecimal():
        return bool(words.strip("0"))
    if _NO_ANSWER.fullmatch(folded(cell).strip()):
        return False
    standing = standing_of(cell)
    if standing in ("cancelled", "declined") or not _DENIAL.search(words):
        return _STANDS_FOR.get(standing)
    return False if _SURE_DENIAL.fullmatch(words) else None


def likelier(cell: str) -> Literal["yes", "no"]:
    """Of a cell that is not known to say either."""
    words = " ".join(words_of(cell))
    unsure = _UNSURE.search(words) or _WITHDRAWN.search(words) or standing_of(cell)
    return "no" if unsure and not words.startswith("pas de ") else "yes"


def are_seats(cells: Sequence[str]) -> bool:
    """Whether numbers in such a column say how many come, and not which workshop somebody wants:
    some say 0, or others a word."""
    return any(says_yes(cell) is not None and cell.strip() != "1" for cell in cells)
