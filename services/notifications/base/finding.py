"""Deliveries by whom they are to, as a person types it."""

from sqlalchemy import ColumnElement

from services.notifications.base.tables import Delivery
from shared.words.finding import has_all


def matches(text: str) -> list[ColumnElement[bool]]:
    """One condition a word: every word is in the name, address, organisation or code."""
    return has_all(Delivery.sought, text)
