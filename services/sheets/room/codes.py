"""The code on a room's screen: another one every 20 seconds, good for 40, and for one sheet alone.

A code is a MAC of the sheet and of the window of 20 seconds that it belongs to, so nothing is kept:
every process that has the service's secret shows the same and accepts the same. Whoever is sent a
picture of the screen reads a code that is over before they have opened it.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from shared.base.keys import Keys, hkdf
from shared.words.codes import derived_code, parse_code

WINDOW = 20  # seconds for which a code is shown
LASTS = 40  # seconds from the moment it is first shown
REMEMBERED = 600  # seconds for which a code is known to have been right once
LENGTH = 6  # signs, the last of which checks the others

Verdict = Literal["right", "old", "other-room", "wrong", "mistyped"]


@dataclass(frozen=True)
class Read:
    """What a code turned out to be. `sheet` is the one that it belongs to, or did, if to any."""

    verdict: Verdict
    sheet: str | None = None

    @property
    def is_guess(self) -> bool:
        """Whether it may have been one: nobody reads such a code off a screen of ours."""
        return self.verdict == "wrong"


@dataclass(frozen=True)
class Shown:
    """A code, and until when the screen shows it."""

    code: str
    until: datetime


class RoomCodes:
    """The codes of all sheets, by the key of this purpose: that of the first secret makes them,
    each is accepted."""

    def __init__(self, keys: Keys) -> None:
        self._keys = tuple(hkdf(key, b"", b"emarge/sheets/room") for key in keys.of("passes"))

    def shown(self, sheet: str, moment: datetime) -> Shown:
        """What the screen of this sheet shows at that moment."""
        window = _window(moment)
        until = datetime.fromtimestamp((window + 1) * WINDOW, UTC)
        return Shown(_code(self._keys[0], sheet, window), until)

    def read(
        self, text: str, moment: datetime, sheet: str | None = None, others: Iterable[str] = ()
    ) -> Read:
        """What was scanned or typed, for that sheet, or for whichever of `others` it is."""
        code = parse_code(text, LENGTH, LENGTH)
        if code is None:
            return Read("mistyped")
        window = _window(moment)
        good = range(window - LASTS // WINDOW + 1, window + 1)
        over = range(window - REMEMBERED // WINDOW, good[0])
        candidates = [*others] if sheet is None else [sheet, *others]
        # All are looked at, so that the time an answer takes tells nothing.
        found = [each for each in candidates if self._is(code, each, good)]
        was = [each for each in candidates if self._is(code, each, over)]
        if found:
            return Read("right" if sheet in (None, found[0]) else "other-room", found[0])
        return Read("old", was[0]) if was else Read("wrong")

    def _is(self, code: str, sheet: str, windows: Sequence[int]) -> bool:
        made = (_code(key, sheet, window) for key in self._keys for window in windows)
        return sum(hmac.compare_digest(code, each) for each in made) > 0


def _window(moment: datetime) -> int:
    return int(moment.timestamp()) // WINDOW


def _code(key: bytes, sheet: str, window: int) -> str:
    return derived_code(hmac.digest(key, f"{sheet}\n{window}".encode(), "sha256"), LENGTH, LENGTH)
