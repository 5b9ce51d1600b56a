"""What was meant, when nobody is called what was typed: one slip of a finger in a word of four
letters or more, or "St" for "Saint". The door's slips.js forgives the same."""

from shared.words.folding import LAST, WHOLE

SHORT = {"st": "saint", "ste": "sainte"}
_LONG = {long: short for short, long in SHORT.items()}
LEAST = 4


def may_mean(words: list[str], sought: str) -> bool:
    """Whether each word, as `words_sought` has it, is nearly one of the keys of somebody."""
    keys = {key.lstrip(LAST + WHOLE) for key in sought.split()}
    return all(any(_is_near(word, key) for key in keys) for word in words)


def _is_near(word: str, key: str) -> bool:
    if word in key or SHORT.get(word, word) in key or _LONG.get(word) == key:
        return True
    return len(word) >= LEAST and abs(len(word) - len(key)) <= 1 and is_one_slip(word, key)


def is_one_slip(one: str, other: str) -> bool:
    """One letter more, less or other, or two that changed places; False for two that are equal."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    swapped = len(one) == 2 and one == other[::-1]
    return swapped or max(len(one), len(other)) == 1
