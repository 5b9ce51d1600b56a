"""A person's strings set into the lines of a shape: glyphs, positions, and the fonts they use."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from services.certificates.engine.filling.faces import face
from services.certificates.engine.filling.fontfiles import FontFile, FontFiles
from services.certificates.engine.filling.shaping import CannotFill, Meaning, ShapedRun, Shaper
from services.certificates.engine.pdfsyntax import Compressor, number, text_string
from services.certificates.engine.shape import (
    Fixed,
    Line,
    LinkRectangle,
    Parts,
    Piece,
    RunGlyphs,
    RunPosition,
    Shape,
    TextString,
)

POINTS = 0.75  # a CSS pixel in PDF points
SPARE = 0.25  # CSS pixels: a line fuller than that might wrap in the full layout


class LineTooLong(CannotFill):
    """Some strings do not fit on their line; `strings` are their indices."""

    def __init__(self, strings: tuple[int, ...]) -> None:
        super().__init__("a text is longer than its line")
        self.strings = strings


@dataclass(slots=True)
class SetLine:
    """One line with its glyphs. Lengths in CSS pixels."""

    left: float
    runs: list[tuple[ShapedRun, float]]  # each with its offset from `left`


@dataclass
class Composed:
    """All variable lines of one document, and what each font needs for them."""

    lines: list[SetLine]
    meanings: dict[str, set[Meaning]]
    files: dict[str, FontFile] = field(default_factory=dict)


class Composer:
    """Sets lines for one shape; keeps shaped runs, since most strings return."""

    def __init__(self, shape: Shape, compress: Compressor) -> None:
        self.shape = shape
        faces = {
            name: face(font.face, shape.faces[font.face]) for name, font in shape.fonts.items()
        }
        self._shapers = {name: Shaper(font, faces[name]) for name, font in shape.fonts.items()}
        self._files = {name: FontFiles(shaper, compress) for name, shaper in self._shapers.items()}

    def compose(self, strings: Sequence[str]) -> Composed:
        """Raises CannotFill, or LineTooLong with every string concerned."""
        composed = Composed(
            [], {name: set(shaper.static_meanings) for name, shaper in self._shapers.items()}
        )
        too_long: list[int] = []
        for line in self.shape.lines:
            set_line = self._set(line, strings, composed)
            if set_line is None:
                too_long += [
                    part for run in line.runs for part in run.parts if isinstance(part, int)
                ]
            else:
                composed.lines.append(set_line)
        if too_long:
            raise LineTooLong(tuple(dict.fromkeys(too_long)))
        for meanings in composed.meanings.values():
            if len({glyph for glyph, _ in meanings}) != len(meanings):
                raise CannotFill("one glyph stands for two characters")
        return composed

    def _set(self, line: Line, strings: Sequence[str], composed: Composed) -> SetLine | None:
        runs, width = [], 0.0
        for run in line.runs:
            shaped = self._shapers[run.font].shape(
                joined(run.parts, strings), run.language, run.size
            )
            composed.meanings[run.font] |= shaped.meanings
            runs.append((shaped, width))
            width += shaped.advance
        if width > line.width - SPARE:
            return None
        return SetLine(line.left + line.alignment * (line.width - width), runs)

    def embed_fonts(self, composed: Composed) -> dict[str, FontFile]:
        """The font files for all that was composed, by font name."""
        composed.files = {
            name: files.file(frozenset(composed.meanings[name]))
            for name, files in self._files.items()
        }
        return composed.files

    def bytes_of(
        self, pieces: Sequence[Piece], strings: Sequence[str], composed: Composed
    ) -> bytes:
        """Pieces of a content stream or of an object, with their holes filled."""
        found = []
        for piece in pieces:
            if isinstance(piece, Fixed):
                found.append(piece.data)
            elif isinstance(piece, RunPosition):
                line = composed.lines[piece.line]
                run = self.shape.lines[piece.line].runs[piece.run]
                x = number(line.left + line.runs[piece.run][1])
                found.append(b"%s %s %s Tm" % (run.matrix, x, run.baseline))
            elif isinstance(piece, RunGlyphs):
                shaped = composed.lines[piece.line].runs[piece.run][0]
                found.append(b"[%s] TJ" % shaped.operand)
            elif isinstance(piece, TextString):
                found.append(text_string(joined(piece.parts, strings)))
            elif isinstance(piece, LinkRectangle):
                found.append(_rectangle(piece, composed.lines[piece.line]))
            else:
                found.append(composed.files[piece.font].widths)
        return b"".join(found)


def joined(parts: Parts, strings: Sequence[str]) -> str:
    """A string with its holes filled."""
    return "".join(strings[part] if isinstance(part, int) else part for part in parts)


def joined_xml(parts: Parts, strings: Sequence[str]) -> str:
    """An XML text with its holes filled, escaped."""
    return "".join(escape(strings[part]) if isinstance(part, int) else part for part in parts)


def _rectangle(piece: LinkRectangle, line: SetLine) -> bytes:
    left = line.left + line.runs[piece.first_run][1]
    last, offset = line.runs[piece.last_run]
    right = line.left + offset + last.advance
    return b"[%s %s %s %s]" % (
        number(left * POINTS),
        number(piece.bottom),
        number(right * POINTS),
        number(piece.top),
    )
