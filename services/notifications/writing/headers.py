"""Header fields, encoded here: whatever people are called, it arrives as they wrote it.

RFC 2047: encoded words of at most 75 signs, on lines of at most 76, each of whole characters. The
standard library's `email.header` does that; its newer `email.policy` makes words that are longer,
and folds names so that some readers see a blank where the line was broken.
"""

import re
import unicodedata
from email.header import Header
from functools import lru_cache

from shared.words.addresses import wire_address

LINE = 76
LONGEST_PLAIN = 400  # a line may have 998 signs, and what is not encoded nobody can decode wrongly
PLAIN = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")  # RFC 5322 atext, and blanks
QUOTABLE = re.compile(r"[ -~]*")

# U+200C and U+200D join and part letters in Persian, Indic scripts and emoji; the other invisible
# signs only hide something or turn the direction of what follows.
JOINERS = "\u200c\u200d"


@lru_cache(maxsize=512)  # a day's emails have the same subjects, organiser and sender
def clean(text: str) -> str:
    """One line without control or hiding characters: nothing that could start another header."""
    if not text.isprintable():  # else every sign is visible
        text = "".join(sign if _is_visible(sign) else " " for sign in text)
    return re.sub(" +", " ", text).strip(" ")


def text_header(name: str, text: str) -> str:
    """An unstructured header such as Subject, with its line end."""
    text = clean(text)
    plain = QUOTABLE.fullmatch(text) and "=?" not in text and len(name) + len(text) + 2 <= LINE
    return f"{name}: {text if plain else _encoded_words(text, name)}\r\n"


def address_header(name: str, display_name: str, address: str) -> str:
    """An address header: `display_name` <`address`>. The address is one without blanks."""
    address = wire_address(clean(address).replace(" ", ""))
    shown = clean(display_name)
    if not shown:
        return f"{name}: {address}\r\n"
    phrase = _phrase(shown, name)
    one_line = f"{name}: {phrase} <{address}>"
    if "\r\n" not in phrase and len(one_line) <= LINE:
        return f"{one_line}\r\n"
    return f"{name}: {phrase}\r\n <{address}>\r\n"


def _is_visible(sign: str) -> bool:
    return sign in JOINERS or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _phrase(text: str, header: str) -> str:
    if "=?" not in text and len(text) <= LONGEST_PLAIN:
        if PLAIN.fullmatch(text):
            return text
        if QUOTABLE.fullmatch(text):
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
    return _encoded_words(text, header)


@lru_cache(maxsize=512)  # a day's emails have the same subjects, organiser and sender
def _encoded_words(text: str, header: str) -> str:
    return Header(text, "utf-8", maxlinelen=LINE, header_name=header).encode(linesep="\r\n")
