"""A line of text into glyphs: its fonts, its directions, and what its glyphs are read as."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import uharfbuzz

from services.sheets.sealing.typesetting.directions import (
    display_order,
    is_right_to_left,
    levels,
)
from services.sheets.sealing.typesetting.typefaces import Typeface, own, typeface_for
from shared.documents.faces import PANGO_UNITS
from shared.documents.fonttables import Meaning

_JOINERS = "\u200c\u200d"  # they change the letters beside them
_BLANKS = re.compile(r"\s+")
_SPACES = re.compile(" {2,}")
_KEPT_LINES = 4096  # times, sources and words return on every sheet


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one font: what TJ and Ts show of them, their advance in points, and what they use.

    `spelled`: what a reader makes of the glyphs is not the text.
    """

    typeface: Typeface
    shown: bytes
    advance: float
    meanings: tuple[Meaning, ...]
    text: str
    spelled: bool


@dataclass(frozen=True, slots=True)
class Line:
    """From left to right. `text` as it is read."""

    runs: tuple[Run, ...]
    width: float
    text: str
    turned: bool  # some of it is written from right to left


class _Piece(NamedTuple):
    """A letter with its marks, and what it is set with."""

    text: str
    typeface: Typeface
    level: int
    alphabet: str


def plain(text: str) -> str:
    """The text on one line, composed, without signs that are nothing but control."""
    text = _BLANKS.sub(lambda found: found[0] if found[0] in "\u00a0\u202f" else " ", text.strip())
    text = unicodedata.normalize("NFC", text)
    return "".join(
        sign for sign in text if sign in _JOINERS or not unicodedata.category(sign).startswith("C")
    )


@lru_cache(maxsize=_KEPT_LINES)
def set_line(text: str, size: float, *, bold: bool) -> Line:
    """The line; signs that no font writes are left out, or their code points stand for a text that
    is nothing else."""
    if not text:
        return Line((), 0.0, "", turned=False)
    first, turns = own(bold=bold), is_right_to_left(text)
    if not turns and first.writes(text):
        run = _shape(text, first, size, 0)
        return Line((run,), run.advance, text, turned=False)
    clusters = [(each, typeface_for(each, bold=bold)) for each in _clusters(text)]
    written = [(each, typeface) for each, typeface in clusters if typeface is not None]
    if len(written) < len(clusters) and not any(each.strip() for each, _ in written):
        unwritten = " ".join(f"U+{ord(sign):04X}" for sign in text if not sign.isspace())
        return set_line(unwritten, size, bold=bold)
    said = "".join(each for each, _ in written)
    if len(written) < len(clusters):
        return set_line(_SPACES.sub(" ", said).strip(), size, bold=bold)
    per_sign = levels(said) if turns else [0] * len(said)
    pieces, place = [], 0
    for each, typeface in written:
        if typeface is not None:
            pieces.append(_Piece(each, typeface, per_sign[place], _alphabet(each[0])))
        place += len(each)
    runs = [
        (_shape("".join(piece.text for piece in run), typeface, size, level), level)
        for (typeface, level, _), run in groupby(
            _with_commons(pieces), key=lambda piece: (piece.typeface, piece.level, piece.alphabet)
        )
    ]
    order = display_order([level for _, level in runs])
    shaped = tuple(runs[place][0] for place in order)
    turned = any(level % 2 for level in per_sign)
    return Line(shaped, sum(run.advance for run in shaped), said, turned)


def _clusters(text: str) -> Iterator[str]:
    """Letters with their marks."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _continues(text[place]):
            yield text[start:place]
            start = place


def _continues(sign: str) -> bool:
    return not sign.isascii() and (sign in _JOINERS or unicodedata.category(sign)[0] == "M")


def _with_commons(pieces: list[_Piece]) -> list[_Piece]:
    """Blanks, digits and points are set with the letters before them, if their font has them."""
    found: list[_Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        joins = last and not piece.alphabet and last.level == piece.level
        if last and joins and last.typeface.writes(piece.text):
            piece = _Piece(piece.text, last.typeface, piece.level, last.alphabet)
        found.append(piece)
    return found


@lru_cache(maxsize=4096)
def _alphabet(letter: str) -> str:
    """ "LATIN", "ARABIC": the first word of a letter's name; of what no script owns, nothing."""
    if not letter.isalpha():
        return ""
    return unicodedata.name(letter, "").partition(" ")[0]


def _shape(text: str, typeface: Typeface, size: float, level: int) -> Run:
    buffer = uharfbuzz.Buffer()
    buffer.add_codepoints([ord(sign) for sign in text])
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if level % 2 else "ltr"
    buffer.flags = uharfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    uharfbuzz.shape(typeface.face.at_size(size), buffer, {"kern": True})
    return _run(text, typeface, size, buffer, turned=bool(level % 2))


def _run(
    text: str, typeface: Typeface, size: float, buffer: uharfbuzz.Buffer, *, turned: bool
) -> Run:
    """Its operators put glyphs where HarfBuzz wants them: TJ, and Ts for what is higher."""
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    stands_for = _meanings(text, [info.cluster for info in infos], turned=turned)
    per_thousand = 1000 / PANGO_UNITS / size
    widths, width_of = typeface.widths, typeface.width
    shown, meanings, met = ["[<"], [], set()
    # In thousandths of the em: where the next glyph is wanted, and where it would come by itself.
    wanted = comes = advance = 0.0
    rise, spelled = 0, False
    for info, position in zip(infos, positions, strict=True):
        glyph, cluster, x_offset = info.codepoint, info.cluster, position.x_offset
        if cluster in met or x_offset or position.y_offset:
            spelled = True
        met.add(cluster)
        meanings.append((glyph, stands_for[cluster]))
        if position.y_offset != rise:
            rise = position.y_offset
            shown.append(f">]TJ {rise / PANGO_UNITS:.2f} Ts[<")
        off = round(comes - wanted - x_offset * per_thousand)
        if off:
            shown.append(f">{off}<")
            comes -= off
        shown.append(f"{glyph:04x}")
        comes += widths.get(glyph) or width_of(glyph)
        wanted += position.x_advance * per_thousand
        advance += position.x_advance
    shown.append(">]TJ 0 Ts" if rise else ">]TJ")
    operators = "".join(shown).replace("<>", "").encode()
    return Run(typeface, operators, advance / PANGO_UNITS, tuple(meanings), text, spelled)


def _meanings(text: str, clusters: list[int], *, turned: bool) -> dict[int, str]:
    """What the glyphs of each cluster stand for: all up to where the next cluster begins."""
    starts = sorted({*clusters})
    if len(starts) == len(text):
        return dict(enumerate(text))
    ends = [*starts[1:], len(text)]
    found = {start: text[start:end] for start, end in zip(starts, ends, strict=True)}
    if starts:
        found[starts[0]] = text[: starts[0]] + found[starts[0]]
    # Programs that copy turn a line from right to left round as a whole, ligatures included.
    return {start: said[::-1] if turned else said for start, said in found.items()}
