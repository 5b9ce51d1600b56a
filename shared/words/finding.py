"""Rows by what they are found by (`folding.sought`), as a person types it."""

from typing import Any

from sqlalchemy import ColumnElement, false

from shared.words.folding import words_sought


def has(sought: Any, keys: str) -> ColumnElement[bool]:
    """The column holds these keys, which have no sign that LIKE would take for another."""
    found: ColumnElement[bool] = sought.like(f"%{keys}%")
    return found


def has_all(sought: Any, text: str) -> list[ColumnElement[bool]]:
    """One condition a word, the rarest first; none for a blank text, and a false one for a text
    that has no word at all."""
    if not text.replace("\0", "").strip():
        return []
    words = sorted(words_sought(text), key=len, reverse=True)
    return [has(sought, word) for word in words] or [false()]
