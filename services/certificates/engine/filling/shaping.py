"""Text into glyphs, exactly as WeasyPrint writes them; refuses what it might write otherwise."""

from dataclasses import dataclass

import uharfbuzz

from services.certificates.engine.paragraph import Fragment
from services.certificates.engine.shape import VariableFont
from shared.documents.faces import PANGO_UNITS, Face
from shared.documents.fonttables import Meaning

_KEPT_RUNS = 128  # times and titles return, on one line or another; names do not


class CannotFill(Exception):
    """This person's strings need the full path; says why."""


@dataclass(frozen=True, slots=True)
class ShapedRun:
    """Glyphs of one run: the TJ operand, its advance in CSS pixels, and what it uses."""

    operand: bytes
    advance: float
    meanings: frozenset[Meaning]


class Shaper:
    """Shapes the variable text of one font of a shape."""

    def __init__(self, font: VariableFont, face: Face) -> None:
        self.font = font
        self.face = face
        self.static_meanings = frozenset(font.texts.items())
        self.widths = dict(font.widths)  # thousandths of the em, of every glyph met so far
        self._known: dict[Meaning, Meaning] = {}  # each kept once
        self._kept: dict[tuple[str, str, float], ShapedRun] = {}

    def adopt(self, fragment: Fragment) -> ShapedRun:
        """A run that the press has shaped. Raises CannotFill when the font was cut down too far."""
        for glyph, text in fragment.meanings:
            if not self.face.characters.issuperset(text):
                raise CannotFill(f"{text!r} is not in the font's own alphabets")
            if glyph not in self.widths:
                self.widths[glyph] = self.face.width(glyph)
        return ShapedRun(fragment.operand.encode(), fragment.advance, frozenset(fragment.meanings))

    def shape(self, text: str, language: str, size: float) -> ShapedRun:
        """Raises CannotFill."""
        key = text, language, size
        run = self._kept.get(key)
        if run is None:
            if len(self._kept) >= _KEPT_RUNS:
                self._kept.clear()
            run = self._kept[key] = self._shape(text, language, size)
        return run

    def _shape(self, text: str, language: str, size: float) -> ShapedRun:
        buffer = uharfbuzz.Buffer()
        buffer.add_codepoints([ord(character) for character in text])
        buffer.direction = "ltr"
        buffer.script = self._script(text)
        if language:
            buffer.language = language
        uharfbuzz.shape(self.face.at_size(size), buffer, {"kern": True})
        return self._run(text, buffer, 1000 / PANGO_UNITS / size)

    def _run(self, text: str, buffer: uharfbuzz.Buffer, per_thousand: float) -> ShapedRun:
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        operand = ["<"]
        advance = 0
        meanings: set[Meaning] = set()
        widths = self.widths
        for index, (info, position) in enumerate(zip(infos, positions, strict=True)):
            glyph = info.codepoint
            end = infos[index + 1].cluster if index + 1 < len(infos) else len(text)
            if glyph == 0 or position.x_offset or position.y_offset or end <= info.cluster:
                raise CannotFill("a character is written with marks or several glyphs")
            meaning = glyph, text[info.cluster : end]
            meanings.add(self._known.setdefault(meaning, meaning))
            width = widths.get(glyph)
            if width is None:
                width = widths[glyph] = self.face.width(glyph)
            operand.append(f"{glyph:04x}")
            kerning = int(width - position.x_advance * per_thousand)
            if kerning:
                operand.append(f">{kerning}<")
            advance += position.x_advance
        joined = "".join(operand)
        joined = joined[:-1] if joined.endswith("<") else joined + ">"
        return ShapedRun(joined.encode(), advance / PANGO_UNITS, frozenset(meanings))

    def _script(self, text: str) -> str:
        """The run's one script. Pango would cut a text of several into runs of its own."""
        scripts = set()
        for character in text:
            if character not in self.face.characters:
                raise CannotFill(f"{character!r} is not in the font's own alphabets")
            if character.isalpha():
                scripts.add(_script_of(character))
        if len(scripts) > 1:
            raise CannotFill("a text mixes scripts")
        return scripts.pop() if scripts else "Zyyy"


def _script_of(letter: str) -> str:
    codepoint = ord(letter)
    if 0x370 <= codepoint < 0x400:
        return "Grek"
    if 0x400 <= codepoint < 0x530:
        return "Cyrl"
    return "Latn"
