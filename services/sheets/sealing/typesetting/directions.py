"""A line's characters in the order in which they are drawn.

The part of Unicode's bidirectional algorithm (UAX #9) that names and addresses need: letters of
either direction, numbers, brackets, and what stands between them. No embeddings: their signs are
taken out before.
"""

import unicodedata

_RIGHT = frozenset({"R", "AL"})
_NUMBERS = frozenset({"EN", "AN"})
_MARK = "NSM"
_BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»", "‹": "›", "“": "”"}


def is_right_to_left(text: str) -> bool:
    """Whether some of it is written from right to left."""
    return not text.isascii() and any(
        unicodedata.bidirectional(character) in _RIGHT for character in text
    )


def levels(text: str) -> list[int]:
    """The embedding level of each character: even from left to right, odd from right to left."""
    classes = [unicodedata.bidirectional(character) for character in text]
    base = next((int(each in _RIGHT) for each in classes if each in _RIGHT or each == "L"), 0)
    sides = _sides(text, classes, base)
    return [_level(each, side, base) for each, side in zip(classes, sides, strict=True)]


def _level(bidirectional: str, side: int, base: int) -> int:
    if side and bidirectional in _NUMBERS:
        return 2  # read from left to right, among letters that are not
    return 1 if side else 2 * base


def _sides(text: str, classes: list[str], base: int) -> list[int]:
    """Which way each character goes, 0 or 1. A number goes with the letters before it (W7, N1)."""
    found: list[int | None] = []
    strong = base
    for each in classes:
        if each in _RIGHT or each == "L":
            strong = int(each in _RIGHT)
        known = each in _RIGHT or each == "L" or each in _NUMBERS
        found.append(strong if known else found[-1] if each == _MARK and found else None)
    _settle_brackets(text, found, base)
    settled: list[int] = []
    for place, side in enumerate(found):
        before = settled[-1] if settled else base
        after = next((each for each in found[place:] if each is not None), base)
        # What stands between two of one direction is of it; else it is of the line's (N1, N2).
        settled.append(side if side is not None else before if before == after else base)
    return settled


def _settle_brackets(text: str, found: list[int | None], base: int) -> None:
    """A pair around letters of the line's own direction, or that follows such letters, is of it
    too (N0)."""
    opened: list[int] = []
    for place, sign in enumerate(text):
        if sign in _BRACKETS:
            opened.append(place)
        elif opened and sign == _BRACKETS[text[opened[-1]]]:
            start = opened.pop()
            inside = {side for side in found[start:place] if side is not None}
            before = next((side for side in reversed(found[:start]) if side is not None), base)
            if inside and base in (*inside, before):
                found[start] = found[place] = base


def display_order(levels_of_runs: list[int]) -> list[int]:
    """The runs' places, from the left of the line to its right (UAX #9, L2)."""
    order = list(range(len(levels_of_runs)))
    for level in range(max(levels_of_runs, default=0), 0, -1):
        start = None
        for place in range(len(order) + 1):
            inside = place < len(order) and levels_of_runs[order[place]] >= level
            if inside and start is None:
                start = place
            elif not inside and start is not None:
                order[start:place] = reversed(order[start:place])
                start = None
    return order
