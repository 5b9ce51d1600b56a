"""How many of a column's cells are of a kind."""

from collections.abc import Iterable


def share(found: Iterable[object]) -> float:
    """What part of them is true, from 0 to 1; 0 of none."""
    said = [bool(each) for each in found]
    return sum(said) / len(said) if said else 0.0
