"""Addresses in cells that may hold more."""

import re

ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+\.[^@\s]+")
ADDRESS_IN = re.compile(r"[^\s<>()\[\],;:\"'|]+@[^\s<>()\[\],;:\"'|]+\.[^\s<>()\[\],;:\"'|.]+")


def address_in(written: str) -> str:
    """The only address in a cell that may have more: a name before it, "mailto:", a comma after."""
    found = set(ADDRESS_IN.findall(written))
    return found.pop() if len(found) == 1 else written
