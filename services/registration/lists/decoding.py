"""From bytes to text: of the ways that French programs have written letters, the one that gives
words as people write them."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.registration.lists.sheet import NEITHER
from services.registration.lists.table import Unreadable

# Excel for Windows, programs of DOS, Excel for Mac, and what Unix wrote before UTF-8.
_ONE_BYTE = ("cp1252", "cp850", "mac_roman", "iso8859-15")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SURE = 0.15  # of the best reading, by which it must be better than another

_OFTEN = dict.fromkeys("éèàêç", 3.0) | dict.fromkeys("ôîâûùïëœ", 2.0) | dict.fromkeys("üöäñ", 1.0)
_CAPITALS = dict.fromkeys("ÉÈÇÀÊÎÔ", 2.0) | dict.fromkeys("ËÏÂÛÙŒÜÖÄÑ", 1.0)
_SIGNS = dict.fromkeys("’«»–—…€°\xa0", 1.0)


@dataclass(frozen=True)
class Decoded:
    """`otherwise` is an encoding that the bytes may as well be in, "" when there is no doubt."""

    text: str
    encoding: str
    otherwise: str = ""


def decode(content: bytes) -> Decoded:
    """Raises Unreadable for what is no text."""
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "")
    encoding = encoding or _without_mark(content)
    try:
        decoded = Decoded(content.decode(encoding), encoding) if encoding else _likeliest(content)
    except UnicodeDecodeError:
        decoded = _likeliest(content)
    if any(sign < " " and sign not in "\t\r\n\v\f\x1a" for sign in set(decoded.text)):
        raise Unreadable(NEITHER)
    return decoded


def _without_mark(content: bytes) -> str:
    """UTF-16 has a zero beside nearly every letter; what can be UTF-8 is UTF-8."""
    start = content[:2000]
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if len(zeros) > 4 and zeros.count(0) > 0.7 * len(zeros):
            return encoding
    return "utf-8"


def _likeliest(content: bytes) -> Decoded:
    scores = {}
    for name in _ONE_BYTE:
        text = content.decode(name, errors="replace")
        scores[name] = plausibility(text)
    first, second = sorted(scores, key=lambda name: -scores[name])[:2]
    text = content.decode(first, errors="replace")
    near = scores[first] - scores[second] <= _SURE * abs(scores[first])
    if near and content.decode(second, errors="replace") != text:
        return Decoded(text, first, second)
    return Decoded(text, first)


def plausibility(text: str) -> float:
    """How much the letters that are not ASCII look as if a French speaker had written them; what
    a wrong reading gives is below 0."""
    return sum(_worth(*around) for around in _surroundings(text))


def _surroundings(text: str) -> Iterable[tuple[str, str, str]]:
    last = len(text) - 1
    for at, sign in enumerate(text):
        if sign > "\x7f":
            yield text[at - 1] if at else " ", sign, text[at + 1] if at < last else " "


def _worth(before: str, sign: str, after: str) -> float:
    inside = before.isalpha() and after.isalpha()
    if sign.isalpha() and sign not in "ªºƒµ":
        if sign.islower():
            # A small letter among capitals, or the only one of its case in a word.
            wrong = before.isupper() and after.isupper()
            return -3.0 if wrong else _OFTEN.get(sign, 0.3)
        return -3.0 if before.islower() else _CAPITALS.get(sign, 0.2)
    if sign == "’":
        return 1.0 if before.isalpha() else 0.0
    if inside or before.isalpha():
        return -3.0 if sign not in "»…°\xa0" else (-3.0 if inside else 0.2)
    return _SIGNS.get(sign, -1.0) if not after.isalpha() or sign == "«" else -3.0
