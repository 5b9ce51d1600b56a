"""From bytes to text: of the ways that French programs have written letters, the one that gives
words as people write them."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.registration.lists.sheet import NEITHER
from services.registration.lists.table import Unreadable

# Excel for Windows, programs of DOS, Excel for Mac, and what Unix wrote before UTF-8.
_ONE_BYTE = ("cp1252", "cp850", "mac_roman", "iso8859-15")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# Looked at when none of these gives words: of Central Europe, of Turkey.
_FARTHER = ("cp1250", "cp1254")
WRONG = -1.0  # worth of a letter that is not where people write it

_OFTEN = dict.fromkeys("éèàêç", 3.0) | dict.fromkeys("ôîâûùïëœ", 2.0) | dict.fromkeys("üöäñ", 1.0)
_SELDOM = dict.fromkeys("þðýÞÐÝæÆŸ", WRONG)
_CAPITALS = dict.fromkeys("ÉÈÇÀÊÎÔ", 2.0) | dict.fromkeys("ËÏÂÛÙŒÜÖÄÑ", 1.0)
_SIGNS = dict.fromkeys("’«»–—…€°\xa0", 1.0)


@dataclass(frozen=True)
class Decoded:
    """`encoding` is the one that had to be guessed, where some lines were in UTF-8; `otherwise`
    another that the bytes may as well be in, "" when there is no doubt."""

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
    """Line by line where files of two programs were put together, else as a whole."""
    lines = content.splitlines(keepends=True)
    odd = [at for at, line in enumerate(lines) if not line.isascii()]
    other = [at for at in odd if not _is_utf8(lines[at])]
    if len(other) == len(odd):
        return _as_a_whole(content)
    rest = _as_a_whole(b"".join(lines[at] for at in other))
    for at in other:
        lines[at] = lines[at].decode(rest.encoding, errors="replace").encode()
    return Decoded(b"".join(lines).decode(), rest.encoding)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _as_a_whole(content: bytes) -> Decoded:
    texts = {name: content.decode(name, errors="replace") for name in _ONE_BYTE}
    if all(_worst(text) <= WRONG for text in texts.values()):
        texts |= {name: content.decode(name, errors="replace") for name in _FARTHER}
    first, *others = sorted(texts, key=lambda name: -plausibility(texts[name]))
    as_well = (name for name in others if texts[name] != texts[first])
    otherwise = next((name for name in as_well if _worst(texts[name]) > WRONG), "")
    return Decoded(texts[first], first, otherwise)


def _worst(text: str) -> float:
    return min((_worth(*around) for around in _surroundings(text)), default=0.0)


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
            if after.isupper() or (before.isupper() and not after.islower()):
                return -3.0
            if not before.isalpha() and after.islower() and sign not in "éàêœ":
                return WRONG
            return (_SELDOM | _OFTEN).get(sign, 0.3)
        if before.islower() or (before.isupper() and after.islower()):
            return -3.0
        return (_SELDOM | _CAPITALS).get(sign, 0.2)
    if sign == "’":
        return 1.0 if before.isalpha() else 0.0
    if inside or before.isalpha():
        return -3.0 if sign not in "»…°\xa0" else (-3.0 if inside else 0.2)
    return _SIGNS.get(sign, -1.0) if not after.isalpha() or sign == "«" else -3.0
