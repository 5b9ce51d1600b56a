"""A person's strings set into the lines of a shape: glyphs, positions, and the fonts they use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from services.certificates.engine.filling.fontfiles import FontFile, FontFiles
from services.certificates.engine.filling.shaping import CannotFill, ShapedRun, Shaper
from services.certificates.engine.paragraph import MARGIN, IsParagraph, Paragraph
from services.certificates.engine.shape import (
    Fixed,
    GlyphWidths,
    Line,
    LinkRectangle,
    ParagraphLine,
    Parts,
    Piece,
    Run,
    RunGlyphs,
    RunPosition,
    Shape,
    TextString,
)
from shared.documents.faces import face
from shared.documents.fonttables import Meaning
from shared.documents.pdfsyntax import Compressor, number, text_string

POINTS = 0.75  # a CSS pixel in PDF points
SPARE = 0.25  # CSS pixels: a line fuller than that might wrap in the full layout

_KEPT_LINES = 128  # of one shape: titles and times return, names do not


@dataclass(frozen=True, slots=True)
class Texts:
    """What goes into a shape's holes: a person's strings, and the blocks set for them."""

    strings: Sequence[str] = ()
    paragraphs: Mapping[int, Paragraph] = field(default_factory=dict)  # by block


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line with its glyphs: the operators of each run, and where it begins and ends."""

    positions: tuple[bytes, ...]
    glyphs: tuple[bytes, ...]
    edges: tuple[tuple[float, float], ...]  # CSS pixels
    meanings: tuple[tuple[str, frozenset[Meaning]], ...]  # by font


@dataclass(slots=True)
class Composed:
    """All variable lines of one document, and what each font needs for them."""

    strings: Sequence[str]
    lines: list[SetLine]
    meanings: dict[str, frozenset[Meaning]]
    files: dict[str, FontFile] = field(default_factory=dict)


Hole = Callable[[Composed], bytes]


class Composer:
    """Sets lines for one shape; keeps those set last, since most strings return."""

    def __init__(self, shape: Shape, compress: Compressor) -> None:
        self._lines = shape.lines
        faces = {
            name: face(font.face, shape.faces[font.face]) for name, font in shape.fonts.items()
        }
        self._shapers = {name: Shaper(font, faces[name]) for name, font in shape.fonts.items()}
        self._files = {name: FontFiles(shaper, compress) for name, shaper in self._shapers.items()}
        self._kept: dict[tuple[int, tuple[str, ...]], SetLine] = {}

    def compose(self, texts: Texts) -> Composed:
        """Raises CannotFill, or IsParagraph with every block that is too long for its line."""
        if len(self._kept) > _KEPT_LINES:
            self._kept.clear()
        lines: list[SetLine] = []
        too_long: set[int] = set()
        for index, line in enumerate(self._lines):
            try:
                lines.append(
                    self._line(index, line, texts.strings)
                    if isinstance(line, Line)
                    else self._paragraph_line(line, texts.paragraphs)
                )
            except IsParagraph as error:
                too_long |= error.blocks
        if too_long:
            raise IsParagraph(frozenset(too_long))
        return Composed(texts.strings, lines, self._meanings(lines))

    def holds_alone(self, texts: Texts, is_name: Callable[[str], bool]) -> bool:
        """Whether some block's text is the one asked for, and nothing else."""
        paragraphs = (paragraph.text for paragraph in texts.paragraphs.values())
        lines = (
            "".join(joined(run.parts, texts.strings) for run in line.runs)
            for line in self._lines
            if isinstance(line, Line)
        )
        return any(map(is_name, paragraphs)) or any(map(is_name, lines))

    def _line(self, index: int, line: Line, strings: Sequence[str]) -> SetLine:
        key = index, tuple([joined(run.parts, strings) for run in line.runs])
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._set(line, key[1])
        return found

    def _set(self, line: Line, texts: tuple[str, ...]) -> SetLine:
        shaped = [
            self._shapers[run.font].shape(text, run.language, run.size)
            for run, text in zip(line.runs, texts, strict=True)
        ]
        width = sum(run.advance for run in shaped)
        if width > line.width - SPARE:
            if line.block == MARGIN:
                raise CannotFill("a value in a page's margin is longer than its line")
            raise IsParagraph(frozenset({line.block}))
        if width < line.narrowest:
            raise CannotFill("a value is shorter than any that was tried")
        left, offset, lefts = line.left + line.alignment * (line.width - width), 0.0, []
        for run in shaped:
            lefts.append(left + offset)
            offset += run.advance
        return _set_line(line.runs, shaped, lefts)

    def _paragraph_line(self, line: ParagraphLine, paragraphs: Mapping[int, Paragraph]) -> SetLine:
        fragments = paragraphs[line.block].lines[line.row]
        shaped = [
            self._shapers[run.font].adopt(fragment)
            for run, fragment in zip(line.runs, fragments, strict=True)
        ]
        return _set_line(line.runs, shaped, [fragment.left for fragment in fragments])

    def _meanings(self, lines: list[SetLine]) -> dict[str, frozenset[Meaning]]:
        """What the glyphs of each font stand for, in the whole document. Raises CannotFill."""
        found: dict[str, list[frozenset[Meaning]]] = {name: [] for name in self._shapers}
        for line in lines:
            for name, meanings in line.meanings:
                found[name].append(meanings)
        whole = {
            name: shaper.static_meanings.union(*found[name])
            for name, shaper in self._shapers.items()
        }
        for meanings in whole.values():
            if len({glyph for glyph, _ in meanings}) != len(meanings):
                raise CannotFill("one glyph stands for two characters")
        return whole

    def embed_fonts(self, composed: Composed) -> dict[str, FontFile]:
        """The font files for all that was composed, by font name."""
        composed.files = {
            name: files.file(composed.meanings[name]) for name, files in self._files.items()
        }
        return composed.files


class PiecesWriter:
    """Pieces of a content stream or of an object, ready to have their holes filled."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._parts = [piece.data if isinstance(piece, Fixed) else _hole(piece) for piece in pieces]

    def bytes_of(self, composed: Composed) -> bytes:
        """The whole, for one document."""
        return b"".join(
            [part if isinstance(part, bytes) else part(composed) for part in self._parts]
        )


def _hole(piece: RunPosition | RunGlyphs | TextString | LinkRectangle | GlyphWidths) -> Hole:
    match piece:
        case RunPosition(line, run):
            return lambda composed: composed.lines[line].positions[run]
        case RunGlyphs(line, run):
            return lambda composed: composed.lines[line].glyphs[run]
        case TextString(parts):
            return lambda composed: text_string(joined(parts, composed.strings))
        case GlyphWidths(font):
            return lambda composed: composed.files[font].widths
        case LinkRectangle():
            return lambda composed: _rectangle(piece, composed.lines[piece.line])


def _set_line(runs: Sequence[Run], shaped: Sequence[ShapedRun], lefts: Sequence[float]) -> SetLine:
    return SetLine(
        positions=tuple(
            b"%s %s %s Tm" % (run.matrix, number(left), run.baseline)
            for run, left in zip(runs, lefts, strict=True)
        ),
        glyphs=tuple(b"[%s] TJ" % run.operand for run in shaped),
        edges=tuple((left, left + run.advance) for run, left in zip(shaped, lefts, strict=True)),
        meanings=tuple((run.font, made.meanings) for run, made in zip(runs, shaped, strict=True)),
    )


def joined(parts: Parts, strings: Sequence[str]) -> str:
    """A string with its holes filled."""
    return "".join(strings[part] if isinstance(part, int) else part for part in parts)


def joined_xml(parts: Parts, strings: Sequence[str]) -> str:
    """An XML text with its holes filled, escaped."""
    return "".join(escape(strings[part]) if isinstance(part, int) else part for part in parts)


def _rectangle(piece: LinkRectangle, line: SetLine) -> bytes:
    return b"[%s %s %s %s]" % (
        number(line.edges[piece.first_run][0] * POINTS),
        number(piece.bottom),
        number(line.edges[piece.last_run][1] * POINTS),
        number(piece.top),
    )
