"""Pages as they are drawn: marked text, pictures and rules; points from the lower left corner."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from services.sheets.sealing.typesetting.breaking import Block
from services.sheets.sealing.typesetting.lettering import Line
from services.sheets.sealing.typesetting.tags import Element
from services.sheets.sealing.typesetting.typefaces import Typeface
from shared.documents.pdfsyntax import number, text_string

WIDTH, HEIGHT = 595.28, 841.89  # A4
_HANG = 0.8  # of the size: how far the first baseline is below a block's top

Pen = tuple[tuple[int, int], ...]


def points(*values: float) -> bytes:
    """To the hundredth."""
    return b" ".join([b"%.2f" % value for value in values])


class Fonts:
    """What the document uses of each font: its glyphs, and what one is read as."""

    def __init__(self) -> None:
        self.used: dict[Typeface, dict[int, str]] = {}
        self.names: dict[Typeface, bytes] = {}

    def name(self, typeface: Typeface) -> bytes:
        found = self.names.get(typeface)
        if found is None:
            found = self.names[typeface] = b"F%d" % len(self.names)
            self.used[typeface] = {}
        return found

    def reads_otherwise(self, typeface: Typeface, meanings: Iterable[tuple[int, str]]) -> bool:
        """Whether a glyph stands for another text in this document already."""
        known, otherwise = self.used[typeface], False
        for glyph, text in meanings:
            otherwise |= known.setdefault(glyph, text) != text
        return otherwise


class Page:
    """One page's content, and the elements that its marks belong to."""

    def __init__(self, place: int, fonts: Fonts) -> None:
        self.place = place
        self.marks: list[Element] = []
        self.drawn: list[bytes] = []
        self._fonts = fonts

    @contextmanager
    def marked(self, element: Element) -> Iterator[None]:
        """What is drawn inside is a mark of this element."""
        if element.page is None:
            element.page = self.place
        mark = len(self.marks)
        self.marks.append(element)
        element.kids.append((self.place, mark))
        self.drawn.append(b"/%s <</MCID %d>> BDC" % (element.role.encode(), mark))
        yield
        self.drawn.append(b"EMC")

    @contextmanager
    def artifact(self, kind: bytes = b"/Layout") -> Iterator[None]:
        """What is drawn inside says nothing of its own."""
        self.drawn.append(b"/Artifact <</Type%s>> BDC" % kind)
        yield
        self.drawn.append(b"EMC")

    def text(self, block: Block, element: Element, x: float, top: float, grey: float = 0) -> None:
        """A block that is the element's, or that of spans in it where it is read from the right."""
        if any(line.turned for line in block.lines):
            element = element.add("Span")
            element.actual = "".join(line.text for line in block.lines)
        with self.marked(element):
            self.lines(block, x, top, grey)

    def lines(self, block: Block, x: float, top: float, grey: float = 0) -> None:
        """Only drawn: within a mark or an artifact."""
        self.drawn.append(b"%s g" % points(grey))
        baseline = top - block.size * (_HANG + 0.15)
        for line in block.lines:
            self._line(line, x, baseline, block.size)
            baseline -= block.leading

    def _line(self, line: Line, x: float, baseline: float, size: float) -> None:
        self.drawn.append(b"BT")
        for run in line.runs:
            name = self._fonts.name(run.typeface)
            differs = self._fonts.reads_otherwise(run.typeface, run.meanings)
            shown = b"/%s %s Tf 1 0 0 1 %s Tm %s" % (
                name,
                points(size),
                points(x, baseline),
                run.shown,
            )
            if (differs or run.spelled) and not line.turned:
                shown = b"/Span <</ActualText %s>> BDC %s EMC" % (text_string(run.text), shown)
            self.drawn.append(shown)
            x += run.advance
        self.drawn.append(b"ET")

    def rule(self, x: float, y: float, width: float, grey: float = 0.7) -> None:
        self.drawn.append(
            b"%s G 0.5 w %s m %s l S" % (points(grey), points(x, y), points(x + width, y))
        )

    def shade(self, x: float, bottom: float, width: float, height: float, grey: float) -> None:
        self.drawn.append(b"%s g %s re f" % (points(grey), points(x, bottom, width, height)))

    def pen(self, lines: Iterable[Pen], x: float, bottom: float, width: float, unit: int) -> None:
        """What somebody drew, in a box of `unit` by a third of it, `y` downwards in thirds."""
        height = width / 3
        self.drawn.append(
            b"q 0 0.1 0.35 RG %s 0 0 %s %s cm %s w 1 J 1 j"
            % (
                number(width / unit),
                number(-width / unit),
                points(x, bottom + height),
                points(0.9 * unit / width),
            )
        )
        for line in lines:
            flat = [part for across, down in line for part in (across, down // 3)]
            if len(line) == 1:
                flat += flat  # a dot
            steps = "%d %d m\n" + "%d %d l\n" * (len(flat) // 2 - 1) + "S"
            self.drawn.append((steps % tuple(flat)).encode())
        self.drawn.append(b"Q")

    def form(self, name: bytes, x: float, bottom: float, side: float) -> None:
        """A drawing of the unit square."""
        self.drawn.append(
            b"q %s 0 0 %s %s cm /%s Do Q" % (points(side), points(side), points(x, bottom), name)
        )
