"""Header fields, encoded here: whatever people are called, it arrives as they wrote it.

The standard library folds long names so that some readers see a blank where the line was broken.
RFC 2047: encoded words of at most 75 signs, on lines of at most 76, each of whole characters.
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator

LINE = 76
LONGEST_PLAIN = 400  # a line may have 998 signs, and what is not encoded nobody can decode wrongly
WORD_BYTES = 45  # as base64 and with its frame an encoded word of 72 signs
FRAME = len("=?utf-8?b??=")
PLAIN = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")  # RFC 5322 atext, and blanks
QUOTABLE = re.compile(r"[ -~]*")

# U+200C and U+200D join and part letters in Persian, Indic scripts and emoji; the other invisible
# signs only hide something or turn the direction of what follows.
JOINERS = "\u200c\u200d"


def clean(text: str) -> str:
    """One line without control or hiding characters: nothing that could start another header."""
    if not text.isprintable():  # else every sign is visible
        text = "".join(sign if _is_visible(sign) else " " for sign in text)
    return re.sub(" +", " ", text).strip(" ")


def text_header(name: str, text: str) -> str:
    """An unstructured header such as Subject, with its line end."""
    text = clean(text)
    plain = QUOTABLE.fullmatch(text) and "=?" not in text and len(name) + len(text) + 2 <= LINE
    return f"{name}: {text if plain else _encoded_words(text, LINE - len(name) - 2)}\r\n"


def address_header(name: str, display_name: str, address: str) -> str:
    """An address header: `display_name` <`address`>. The address is one without blanks."""
    address = clean(address).replace(" ", "")
    shown = clean(display_name)
    if not shown:
        return f"{name}: {address}\r\n"
    phrase = _phrase(shown, LINE - len(name) - 2)
    one_line = "\r\n" not in phrase and len(name) + len(phrase) + len(address) < LINE
    joint = " " if one_line else "\r\n "
    return f"{name}: {phrase}{joint}<{address}>\r\n"


def _is_visible(sign: str) -> bool:
    return sign in JOINERS or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _phrase(text: str, first_line: int) -> str:
    if "=?" not in text and len(text) <= LONGEST_PLAIN:
        if PLAIN.fullmatch(text):
            return text
        if QUOTABLE.fullmatch(text):
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
    return _encoded_words(text, first_line)


def _encoded_words(text: str, first_line: int) -> str:
    words = (
        f"=?utf-8?b?{b64encode(piece).decode('ascii')}?=" for piece in _pieces(text, first_line)
    )
    return "\r\n ".join(words)


def _pieces(text: str, first_line: int) -> Iterator[bytes]:
    """UTF-8 of whole characters, as much as fits each encoded word, broken at blanks if it can be.

    A blank belongs into a word: the one between two encoded words is not shown.
    """
    room = min(WORD_BYTES, (first_line - FRAME) // 4 * 3)
    piece = b""
    for token in re.findall(r"[^ ]* ?", text):
        whole = token.encode()
        units = [whole] if len(whole) <= WORD_BYTES else [sign.encode() for sign in token]
        for unit in units:
            if piece and len(piece) + len(unit) > room:
                yield piece
                piece, room = b"", WORD_BYTES
            piece += unit
    yield piece
