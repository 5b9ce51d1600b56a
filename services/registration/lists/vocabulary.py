"""Words that lists are understood by."""

from pathlib import Path

from services.registration.lists.table import words_of


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Frequent in France and beside it, without accents. None decides alone against the other rows.
GIVEN_NAMES = word_set(Path(__file__).with_name("given-names.txt").read_text())


def is_given(name: str) -> bool:
    """Whether each word of it is a frequent first name."""
    words = words_of(name)
    return bool(words) and GIVEN_NAMES.issuperset(words)
