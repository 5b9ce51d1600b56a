"""Deliveries by whom they are to, as a person types it."""

from sqlalchemy import ColumnElement, false

from services.notifications.base.tables import Delivery
from shared.words.folding import words_sought


def matches(text: str) -> list[ColumnElement[bool]]:
    """One condition a word: every word is in the name, address, organisation or code."""
    if not text.replace("\0", "").strip():
        return []
    # Keys have no sign that LIKE would take for another.
    return [Delivery.sought.like(f"%{word}%") for word in words_sought(text)] or [false()]
