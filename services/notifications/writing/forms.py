"""A letter is written once for all who read the same, with blanks for what is one person's own.

A form is written from stand-ins that know of nobody, so it can tell nobody of another; who reads
the same is decided by everything else that the templates are given, so what was corrected is in the
next letter.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from shared.events.registration import Seat

# Nobody can type a blank: it is another one in each process.
_OPEN, _CLOSE = f"\ue100{secrets.token_hex(8)}", "\ue101"
_BLANK = re.compile(f"{_OPEN}(.*?){_CLOSE}")

Own = dict[str, str]  # what goes into each blank


@dataclass(frozen=True)
class _Person:
    """All that a letter about a place may say of a person."""

    called: str


@dataclass(frozen=True)
class _Place:
    """All that it may say of their place, but for the seats, which many have in common."""

    status: str
    code: str
    manage_url: str
    registered_by: str | None


class Form:
    """A text with blanks. `escaped` for HTML."""

    def __init__(self, text: str, *, escaped: bool = False) -> None:
        self._pieces = _BLANK.split(text)  # every other one is the name of a blank
        self._written: Callable[[str], str] = escape if escaped else str

    def filled(self, own: Own) -> str:
        pieces = self._pieces.copy()
        pieces[1::2] = [self._written(own[name]) for name in pieces[1::2]]
        return "".join(pieces)


def parted(content: Mapping[str, Any]) -> tuple[dict[str, Any], Own] | None:
    """What a letter about a place is written from, with blanks, and what goes into them. None for
    other letters, and where something of a person's own is not words on one line: laid out among
    others it might be set otherwise."""
    place = content.get("place")
    if place is None:
        return None
    person, confirm_by = content["person"], content["confirm_by"]
    own = {
        "called": person.called,
        "code": place.code,
        "manage_url": place.manage_url,
        "qr_id": content["qr_id"],
    }
    if place.registered_by:
        own["registered_by"] = place.registered_by
    waiting = tuple(_unranked(seat, own) for seat in content["waiting"])
    if not all(map(_is_words, own.values())):
        return None
    common = {
        **content,
        "person": _Person(_blank("called")),
        "place": _Place(
            place.status,
            _blank("code"),
            _blank("manage_url"),
            _blank("registered_by") if place.registered_by else None,
        ),
        "qr_id": _blank("qr_id"),
        "waiting": waiting,
        # As it is said: whoever registers in the same minute reads the same.
        "confirm_by": confirm_by and confirm_by.replace(second=0, microsecond=0),
    }
    return {name: _fixed(value) for name, value in common.items()}, own


def _unranked(seat: Seat, own: Own) -> Seat:
    """Everybody has another rank in a waitlist."""
    if not seat.rank:
        return seat
    name = f"rank of {seat.session}"
    own[name] = str(seat.rank)
    return seat.model_copy(update={"rank": _blank(name)})


def _blank(name: str) -> str:
    return f"{_OPEN}{name}{_CLOSE}"


def _is_words(text: str) -> bool:
    return text != "" and text.isprintable() and text == text.strip()


def _fixed(value: Any) -> Any:
    return tuple(map(_fixed, value)) if isinstance(value, list | tuple) else value
