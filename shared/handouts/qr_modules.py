"""The modules of a QR code, at a twentieth of what an encoder takes, for texts of signs that QR
packs in twos: capitals, digits and a few marks, as codes are.

For texts of one length each module is the sum modulo 2 of some of the text's bits: Reed-Solomon is
linear, mask and patterns are constant. So what each bit flips is asked of the encoder once; every
other text of that length is the first one with flips.
"""

from functools import lru_cache
from typing import Any

import segno

# Paper is folded and screens are scratched: a quarter of it may be lost.
# A given mask spares the search for the best one; every reader takes any.
_HOW: dict[str, Any] = {"error": "q", "mask": 3, "micro": False, "boost_error": False}

SHORTEST, LONGEST = 4, 24
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"  # ISO/IEC 18004, 7.3.4, by their values
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)}
_BITS = {1: 6, 2: 11}  # of so many signs


def encoded(text: str) -> segno.QRCode:
    """By the encoder."""
    return segno.make(text, **_HOW)


def modules_of(text: str) -> list[bytes]:
    """Its rows, a byte for each module: 1 for a dark one."""
    packed = SHORTEST <= len(text) <= LONGEST and _VALUES.keys() >= set(text)
    if not packed or text.isdigit():  # digits alone are packed in threes
        return [bytes(row) for row in encoded(text).matrix]
    return _texts_of(len(text)).rows(text)


class _Texts:
    """All texts of one length."""

    def __init__(self, length: int) -> None:
        first = "A" * length
        rows = [bytes(row) for row in self._encode(first).matrix]
        self._side = len(rows)
        self._first = int.from_bytes(b"".join(rows), "big")
        self._parts = [first[start : start + 2] for start in range(0, length, 2)]
        self._flips = [self._flips_of(place) for place in range(len(self._parts))]

    def rows(self, text: str) -> list[bytes]:
        modules = self._first
        for place, part in enumerate(self._parts):
            changed = _value(part) ^ _value(text[2 * place : 2 * place + 2])
            for bit, flips in enumerate(self._flips[place]):
                if changed >> bit & 1:
                    modules ^= flips
        whole = modules.to_bytes(self._side**2, "big")
        return [whole[start : start + self._side] for start in range(0, len(whole), self._side)]

    def _flips_of(self, place: int) -> list[int]:
        """What each bit of a part flips. Of "AA" and of "A" each bit can be, and be two signs."""
        part, found = self._parts[place], []
        for bit in range(_BITS[len(part)]):
            changed = _part(_value(part) ^ 1 << bit, len(part))
            text = "".join([*self._parts[:place], changed, *self._parts[place + 1 :]])
            modules = b"".join(map(bytes, self._encode(text).matrix))
            found.append(self._first ^ int.from_bytes(modules, "big"))
        return found

    @staticmethod
    def _encode(text: str) -> segno.QRCode:
        return segno.make(text, mode="alphanumeric", **_HOW)


@lru_cache(maxsize=4)
def _texts_of(length: int) -> _Texts:
    return _Texts(length)


def _value(part: str) -> int:
    """Of the signs that are packed together: two, or the last one alone."""
    return _VALUES[part] if len(part) == 1 else 45 * _VALUES[part[0]] + _VALUES[part[1]]


def _part(value: int, length: int) -> str:
    return _SIGNS[value] if length == 1 else _SIGNS[value // 45] + _SIGNS[value % 45]
