"""Columns of names that no title tells: known by words that are frequent first names, and by the
addresses in the same rows."""

import re
from collections.abc import Iterable, Mapping, Sequence

from services.registration.lists.share import share
from services.registration.lists.table import bare, words_of
from services.registration.lists.vocabulary import GIVEN_NAMES, is_given

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_MOST_WORDS = 5
_ENOUGH = 0.6  # of the rows


def name_columns(cells: Mapping[int, Sequence[str]], addresses: Sequence[str]) -> dict[int, str]:
    """Of columns by their place, each with a cell for every row, those that have the names: one of
    whole names, or a first and a last one; none where it is not clear."""
    names = {place: column for place, column in cells.items() if _mostly(map(_is_name, column))}
    pairs = [
        (first, last)
        for first in names
        for last in names
        if first != last
        and _mostly(map(is_given, names[first]))
        and not _mostly(map(is_given, names[last]))
        and _mostly(map(_is_in, names[last], addresses))
    ]
    if len(pairs) == 1:
        first, last = pairs[0]
        return {first: "first_name", last: "last_name"}
    whole = [place for place, column in names.items() if _mostly(map(_is_whole, column))]
    return {whole[0]: "full_name"} if len(whole) == 1 and not pairs else {}


def _mostly(found: Iterable[bool]) -> bool:
    return share(found) >= _ENOUGH


def _is_name(cell: str) -> bool:
    words = cell.replace(",", " ").split()
    return 0 < len(words) <= _MOST_WORDS and all(map(_WORD.fullmatch, words))


def _is_whole(cell: str) -> bool:
    words = words_of(cell)
    return len(words) > 1 and not GIVEN_NAMES.isdisjoint(words)


def _is_in(name: str, address: str) -> bool:
    return len(bare(name)) > 1 and bare(name) in bare(address.partition("@")[0])
