"""Words that lists are understood by."""

from pathlib import Path


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Frequent in France and beside it, without accents. None decides alone against the other rows.
GIVEN_NAMES = word_set(Path(__file__).with_name("given-names.txt").read_text())
