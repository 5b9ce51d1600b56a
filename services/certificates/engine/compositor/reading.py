"""What a program reads from the glyphs of a text, and the text itself where that is another.

A glyph stands for some text (ToUnicode). Where letters are drawn in another order than they are
read in, or by several glyphs, as in Burmese or with marks that no letter has of its own, the text
goes along as ActualText (ISO 32000-1, 14.9.4).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import pydyf

from shared.documents.pdfsyntax import text_string

# How the marked content of a page's margins begins (ISO 32000-1, 14.8.2.2): nobody is read a name
# and a page's number in the middle of a table.
PAGINATION = [b"/Artifact", b"<</Type/Pagination>>", b"BDC"]

Meanings = Mapping[str, Mapping[int, str]]  # by font and glyph

_SHOWN = re.compile(rb"<([0-9a-f]*)>")
_MAPPED = re.compile(rb"^<([0-9a-f]{4})> <((?:[0-9a-f]{4}){2,})>$")  # to several letters
_SOFT_HYPHEN = "\u00ad"
_RIGHT_TO_LEFT_MARK = "\u200f"
_MARKS = ("Mn", "Mc", "Me")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_LEFT_TO_RIGHT = frozenset({"L", "EN", "AN"})  # digits too
_TURNED = _RIGHT_TO_LEFT | {"NSM"}  # and their marks


def shown(operator: bytes) -> list[int]:
    """The glyphs that a TJ operator shows: two bytes each, in hexadecimal."""
    codes = b"".join(_SHOWN.findall(operator))
    return [int(codes[start : start + 4], 16) for start in range(0, len(codes), 4)]


def is_read(text: str, operators: Sequence[bytes], meanings: Meanings) -> bool:
    """Whether these operators, which begin with a font, are read as the text; spaces are spaces.

    Marks are not counted on: each program has its own idea of where a glyph beside or above
    another belongs.
    """
    if has_marks(text):
        return False
    found, font = [], ""
    for operator in operators:
        if operator.endswith(b" Tf"):
            font = operator.split()[0][1:].decode()
        elif operator.endswith(b" TJ"):
            found += [meanings.get(font, {}).get(glyph, "") for glyph in shown(operator)]
    return all(found) and "".join(found).split() == said(text).split()


def has_marks(text: str) -> bool:
    """Whether some of it is drawn above, below or inside what is before it."""
    return any(unicodedata.category(character) in _MARKS for character in text)


def said(text: str) -> str:
    """The text as it is said: a soft hyphen is advice for whoever breaks the line."""
    return text.replace(_SOFT_HYPHEN, "")


def is_right_to_left(text: str) -> bool:
    """Whether some of it is."""
    return any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def is_all_right_to_left(text: str) -> bool:
    """Whether nothing of it is written from left to right."""
    kinds = {unicodedata.bidirectional(character) for character in text}
    return bool(kinds & _RIGHT_TO_LEFT) and not kinds & _LEFT_TO_RIGHT


def spelled_out(operators: Sequence[bytes], text: str) -> list[bytes]:
    """The operators as marked content that says the text."""
    words = b"<</ActualText %s>>" % text_string(said(text))
    return [b"/Span", words, b"BDC", *operators, b"EMC"]


def spelled_out_turned(operators: Sequence[bytes], text: str) -> list[bytes]:
    """The same of a text that is written from right to left, with vowels or other marks.

    What its glyphs are read as has lost which letter a mark is on. Programs turn ActualText round
    as they do a page's glyphs, each in its way: poppler, which reads that of a Span alone, as a
    whole; PDFium, which reads the innermost, each stretch of letters and each of marks.
    """
    words = said(text)
    # A mark that came first would stay there: poppler takes it for one of no direction.
    first = _RIGHT_TO_LEFT_MARK if has_marks(words[-1:]) else ""
    whole = b"<</ActualText %s>>" % text_string(first + words[::-1])
    stretches = "".join(
        "".join(stretch)[::-1] for _, stretch in groupby(words, unicodedata.bidirectional)
    )
    innermost = b"<</ActualText %s>>" % text_string(stretches)
    outside = [b"/Span", whole, b"BDC", b"/ReversedChars", innermost, b"BDC"]
    return [*outside, *operators, b"EMC", b"EMC"]


def spell_out_element(pdf: Any, page: int, mark: int, text: str) -> None:
    """Says the text in the structure tree, on the element of a page's marked content.

    For what is written from right to left: programs that copy a page turn it round themselves,
    and would turn round ActualText in the page's content as well.
    """
    element = _referenced(pdf, _parents(pdf, page)[mark])
    if element["S"] == "/Span":  # a link says more than one text
        element["ActualText"] = pydyf.String(said(text))


def in_page_order(text: str) -> str:
    """What one glyph stands for, as programs that copy expect it: they turn a line that is written
    from right to left round as a whole, the letters of a ligature included."""
    turned = all(unicodedata.bidirectional(letter) in _TURNED for letter in text)
    return text[::-1] if turned and is_right_to_left(text) else text


def map_in_page_order(pdf: Any) -> None:
    """The same in the fonts' ToUnicode maps, which WeasyPrint has written by now."""
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Type") == "/Font" and "ToUnicode" in item:
            mapping = _referenced(pdf, item["ToUnicode"])
            mapping.stream = [_MAPPED.sub(_in_page_order, line) for line in mapping.stream]


def _in_page_order(entry: re.Match[bytes]) -> bytes:
    text = bytes.fromhex(entry[2].decode()).decode("utf-16-be")
    return b"<%s> <%s>" % (entry[1], in_page_order(text).encode("utf-16-be").hex().encode())


def forget_mark(pdf: Any, page: int, mark: int) -> None:
    """Marked content of a page that became an artifact has no place in the structure tree."""
    _parents(pdf, page)[mark] = "null"


def _parents(pdf: Any, page: int) -> Any:
    """The structure elements of a page's marked content, by its number."""
    tree = _referenced(pdf, _referenced(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])
    return tree["Nums"][tree["Nums"].index(page) + 1]


def _referenced(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
