"""The picture that goes with a link to a conference: its title, its day and its place, in white on
its colour. It is drawn by this process and kept by what is on it: one programme is drawn once."""

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630  # what every network that shows links takes
COLOUR = "#0e5158"  # of conferences that have none of their own
_MARGIN = 84
_TITLE = range(92, 43, -4)  # pixels: as large as fits
_MOST_LINES = 4
_SMALL = 36
# What the font has beyond Latin-1.
_ALSO = set("ŒœıŠšŽžŸ–—‘’‚“”„†‡•…‹›€™")
_PLAIN = str.maketrans({"\u202f": "\u00a0", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "‑": "-"})


@dataclass(frozen=True)
class Card:
    """What is on it, in the language of who shares it."""

    organiser: str
    title: str
    day: str
    place: str
    colour: str


@lru_cache(maxsize=128)
def draw(card: Card, font: bytes) -> bytes:
    """A PNG; `font` is a font's file."""
    image = Image.new("RGB", (WIDTH, HEIGHT), card.colour or COLOUR)
    pen = ImageDraw.Draw(image)
    small = _font(font, _SMALL)
    room = WIDTH - 2 * _MARGIN
    pen.text((_MARGIN, 72), _shortened(card.organiser, small, room), "white", small)
    size, lines = _title(card.title, font, room)
    top = 72 + _SMALL + 44
    for number, line in enumerate(lines):
        pen.text((_MARGIN, top + round(number * size * 1.16)), line, "white", _font(font, size))
    pen.line((_MARGIN, HEIGHT - 186, _MARGIN + 120, HEIGHT - 186), "white", 5)
    pen.text((_MARGIN, HEIGHT - 162), _shortened(card.day, small, room), "white", small)
    pen.text((_MARGIN, HEIGHT - 112), _shortened(card.place, small, room), "white", small)
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG")
    return file.getvalue()


def _title(title: str, font: bytes, room: int) -> tuple[int, list[str]]:
    """The largest size in which it fits, and its lines."""
    words = _drawable(title)
    lines: list[str] = []
    for size in _TITLE:
        face = _font(font, size)
        lines = list(_lines(words, face, room))
        if len(lines) * size * 1.16 <= HEIGHT - 380 and len(lines) <= _MOST_LINES:
            return size, lines
    kept = lines[: _MOST_LINES + 1]
    return _TITLE[-1], [*kept[:-2], _shortened(" ".join(kept[-2:]) + " …", face, room)]


def _lines(text: str, face: ImageFont.FreeTypeFont, room: int) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip()
        if line and face.getlength(longer) > room:
            yield line
            longer = word
        line = longer
    yield line


def _shortened(text: str, face: ImageFont.FreeTypeFont, room: int) -> str:
    text = _drawable(text)
    if face.getlength(text) <= room:
        return text
    while text and face.getlength(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip(' ,.;:…')}…"


def _drawable(text: str) -> str:
    """As much of it as the font has; a letter that is not there loses its accent."""
    plain = (
        sign if _has(sign) else unicodedata.normalize("NFKD", sign)
        for sign in text.translate(_PLAIN)
    )
    return "".join(sign for sign in "".join(plain) if _has(sign)).strip()


def _has(sign: str) -> bool:
    return " " <= sign <= "~" or "\u00a0" <= sign <= "ÿ" or sign in _ALSO


@lru_cache(maxsize=32)
def _font(font: bytes, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(font), size)
