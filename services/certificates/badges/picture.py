"""What a badge looks like: the conference, its day and who gave it, in the colours of Emarge.

The same lines as SVG and as PNG. Fonts are those of the shipped certificate; what they cannot write
is written with one that is installed and can.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from PIL import Image, ImageDraw, ImageFont

from shared.events.parts import Conference
from shared.words.typography import typeset

SIDE = 640
_EDGE, _BAND, _ROUND = 28, 12, 72
_PAPER, _INK, _SOFT, _ACCENT, _MARGIN = "#fffdf9", "#241f1b", "#655b52", "#0e5158", "#cf4a34"
_WIDTH = SIDE - 2 * 84
_MOST_LINES, _SIZES = 4, (60, 52, 46, 40, 34, 28, 22)
_SHIPPED = Path(__file__).parents[1] / "templates" / "attestation"
_TITLE, _TEXT = _SHIPPED / "display-regular.ttf", _SHIPPED / "text-bold.ttf"
_INSTALLED = Path("/usr/share/fonts"), Path("/opt/homebrew/share/fonts"), Path("/Library/Fonts")
_WORDS = {"fr": "Attestation vérifiable", "en": "Verifiable certificate"}


@dataclass(frozen=True)
class _Line:
    text: str
    size: int
    colour: str
    middle: float  # from the top
    font: Path
    family: str


def svg(conference: Conference, locale: str) -> str:
    """A whole document; its texts are text."""
    inner = SIDE - 2 * _EDGE
    texts = "".join(
        f'<text x="{SIDE // 2}" y="{line.middle:.0f}" font-size="{line.size}" fill="{line.colour}"'
        f' font-family="{line.family}" text-anchor="middle" dominant-baseline="central">'
        f"{escape(line.text)}</text>"
        for line in _lines(conference, locale)
    )
    title = escape(f"{_WORDS[locale]}, {conference.title}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img"'
        f' width="{SIDE}" height="{SIDE}" xml:lang="{locale}"><title>{title}</title>'
        f'<rect width="{SIDE}" height="{SIDE}" rx="{_ROUND}" fill="{_ACCENT}"/>'
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{inner}" height="{inner}"'
        f' rx="{_ROUND - _EDGE // 2}" fill="{_PAPER}"/>'
        f'<path d="{_tick_path()}" fill="none" stroke="{_MARGIN}" stroke-width="{_BAND}"'
        f' stroke-linecap="round" stroke-linejoin="round"/>{texts}</svg>'
    )


@lru_cache(maxsize=32)
def png(conference: Conference, locale: str) -> bytes:
    image = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, SIDE - 1, SIDE - 1), _ROUND, fill=_ACCENT)
    inner = (_EDGE, _EDGE, SIDE - 1 - _EDGE, SIDE - 1 - _EDGE)
    draw.rounded_rectangle(inner, _ROUND - _EDGE // 2, fill=_PAPER)
    draw.line(_tick(), fill=_MARGIN, width=_BAND, joint="curve")
    for x, y in (_tick()[0], _tick()[-1]):
        draw.ellipse((x - _BAND / 2, y - _BAND / 2, x + _BAND / 2, y + _BAND / 2), fill=_MARGIN)
    for line in _lines(conference, locale):
        draw.text(
            (SIDE / 2, line.middle),
            line.text,
            fill=line.colour,
            font=_font(line.font, line.size),
            anchor="mm",
        )
    written = io.BytesIO()
    image.save(written, format="PNG", optimize=True)
    return written.getvalue()


def _lines(conference: Conference, locale: str) -> Iterator[_Line]:
    yield _Line(_WORDS[locale], 26, _ACCENT, 168, _able(_TEXT, _WORDS[locale]), "sans-serif")
    title = typeset(conference.title, locale)
    font = _able(_TITLE, title)
    size, rows = _fitted(title, font, _SIZES, most=_MOST_LINES)
    top = 318 - (len(rows) - 1) * size * 1.15 / 2
    for place, row in enumerate(rows):
        yield _Line(row, size, _INK, top + place * size * 1.15, font, "Georgia, serif")
    day = format_date(
        conference.starts_at.astimezone(ZoneInfo(conference.timezone)), "d MMMM y", locale=locale
    )
    yield _Line(day, 26, _SOFT, 474, _able(_TEXT, day), "sans-serif")
    organiser = typeset(conference.organiser, locale)
    font = _able(_TEXT, organiser)
    size, rows = _fitted(organiser, font, (26, 22), most=2)
    for place, row in enumerate(rows):
        yield _Line(row, size, _ACCENT, 516 + place * 32, font, "sans-serif")


def _fitted(text: str, font: Path, sizes: tuple[int, ...], most: int) -> tuple[int, list[str]]:
    """The largest size at which it fits; what does not fit at the smallest ends in an ellipsis."""
    for size in sizes:
        rows = _wrapped(text, font, size)
        if len(rows) <= most and all(_width(row, font, size) <= _WIDTH for row in rows):
            return size, rows
    shown = [_cut(row, font, size) for row in rows[:most]]
    if len(rows) > most:
        shown[-1] = _cut(f"{shown[-1]} {rows[most]}", font, size)
    return size, shown


def _cut(row: str, font: Path, size: int) -> str:
    if _width(row, font, size) <= _WIDTH:
        return row
    while row and _width(f"{row}…", font, size) > _WIDTH:
        row = row[:-1]
    return f"{row.rstrip()}…"


def _wrapped(text: str, font: Path, size: int) -> list[str]:
    rows: list[str] = []
    for word in text.split(" "):
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and _width(longer, font, size) <= _WIDTH:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _width(text: str, font: Path, size: int) -> float:
    return _font(font, size).getlength(text)


def _tick() -> list[tuple[float, float]]:
    return [(SIDE / 2 - 32, 104.0), (SIDE / 2 - 8, 128.0), (SIDE / 2 + 36, 76.0)]


def _tick_path() -> str:
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in _tick())


@lru_cache(maxsize=64)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


@lru_cache(maxsize=64)
def _able(font: Path, text: str) -> Path:
    """This font, or else an installed one, that has every sign of the text."""
    wanted = {ord(sign) for sign in text if not sign.isspace()}
    for candidate in (font, *_installed()):
        if wanted <= _signs(candidate):
            return candidate
    return font


@lru_cache
def _installed() -> tuple[Path, ...]:
    """Those that have the most first, so that few are read."""
    found = [
        path
        for folder in _INSTALLED
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.suffix.lower() in (".ttf", ".ttc", ".otf")
    ]
    return tuple(sorted(found, key=lambda path: (_rank(path.stem), path.stem)))


def _rank(name: str) -> int:
    wanted = ("DejaVuSans", "wqy", "CJK-Regular", "Sans-Regular", "Regular")
    return next((place for place, part in enumerate(wanted) if part in name), len(wanted))


@lru_cache(maxsize=512)
def _signs(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont, TTLibError  # what it reads is seldom needed

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError):
        return frozenset()
