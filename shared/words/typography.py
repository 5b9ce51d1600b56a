"""French text as a printer would set it, from what is typed on a keyboard."""

import re
from functools import lru_cache

NARROW = "\u202f"
NO_BREAK = "\u00a0"

_RULES = (
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"[ \u00a0\u202f]+([;!?])"), NARROW + r"\1"),
    (re.compile(r"[ \u00a0]+:(?=\s|$)"), NO_BREAK + ":"),
    (re.compile(r"«[ \u00a0\u202f]*"), "«" + NO_BREAK),
    (re.compile(r"[ \u00a0\u202f]*»"), NO_BREAK + "»"),
    (re.compile(r" ([—–]) "), NO_BREAK + r"\1 "),
    # A number stays with what it counts, a title with its name.
    (re.compile(r"\b(Atelier|Salle|n°|M\.|Mme|Dr) (?=[\wÀ-ÿ])"), r"\1" + NO_BREAK),
)


@lru_cache(maxsize=4096)  # a programme is shown far more often than it changes
def typeset(text: str, locale: str) -> str:
    """The text with the apostrophes and no-break spaces of its language; words stay as they are."""
    if locale == "fr":
        for pattern, replacement in _RULES:
            text = pattern.sub(replacement, text)
    return text
