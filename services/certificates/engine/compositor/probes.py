"""Two layouts of one shape, with short and with long tokens: what differs must be understood.

Everything outside the token lines has to be drawn by the same operators whatever the length of the
strings. Shrink-to-fit, floats, flexible boxes, ellipses and backgrounds that follow the text are
thereby detected, not assumed. Paragraphs have to come out the same when they are set alone.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.certificates.engine.compositor.anchors import (
    STRETCHES,
    anchor,
    lengths,
    too_wide,
)
from services.certificates.engine.compositor.lines import VariableLine, name_of, variable_lines
from services.certificates.engine.compositor.markupscan import token_places
from services.certificates.engine.compositor.paragraphs import Frame
from services.certificates.engine.compositor.refusals import NotFast
from services.certificates.engine.compositor.stylesheets import attributes_read, font_descriptors
from services.certificates.engine.compositor.tokens import PATTERN
from services.certificates.engine.compositor.typesetting import (
    SetDocument,
    SetPage,
    descendants,
)
from services.certificates.engine.paragraph import MARGIN, IsParagraph

# A document with tokens of this length, and of others where a number is given another one.
SetWithTokens = Callable[[int, Mapping[int, int]], SetDocument]
Pair = tuple[VariableLine, VariableLine]  # one line in two layouts

SHORT = 1
LONG = (9, 5, 3)  # the longest that fits is taken
_TEXT_OPERATORS = {b"gs", b"rg", b"BT", b"Tm", b"Tf", b"TJ", b"ET", b"scn", b"cs", b"g", b"k"}
# What the filler does as well: it sets whichever file the layout chose.
FONT_DESCRIPTORS = {"font-family", "src", "font-style", "font-weight", "font-stretch"}
TOLERANCE = 0.01  # CSS pixels; Pango rounds to 1/1024


@dataclass(frozen=True)
class Hole:
    """An operator that is written anew for each person."""

    kind: Literal["font", "position", "glyphs"]
    line: int  # index among the document's variable lines
    run: int


@dataclass
class ProbedPage:
    """One page with its variable lines and holes by operator index."""

    page: SetPage
    lines: list[VariableLine]
    holes: dict[int, Hole]

    def is_shown(self, index: int) -> bool:
        """Whether this operator shows glyphs of a person's own."""
        hole = self.holes.get(index)
        return hole is not None and hole.kind == "glyphs"


@dataclass
class Probed:
    """A document whose every dependence on the strings is known."""

    document: SetDocument
    pages: list[ProbedPage]

    @property
    def lines(self) -> list[tuple[SetPage, VariableLine]]:
        return [(probed.page, line) for probed in self.pages for line in probed.lines]


def probe(
    set_with_tokens: SetWithTokens,
    frame: Frame,
    paragraphs: Container[int],
    texts: Sequence[str],
    css: str,
) -> Probed:
    """Lays the shape out with tokens of two lengths and compares.

    Blocks that are `paragraphs` hold the person's own texts instead. Raises NotFast, or IsParagraph
    with the blocks that should be among them.
    """
    try:
        return _probed_alike(set_with_tokens, frame, paragraphs, texts, css)
    except IsParagraph as error:
        if MARGIN in error.blocks:
            raise NotFast("a value in a page's margin has too little room") from None
        raise


def _probed_alike(
    set_with_tokens: SetWithTokens,
    frame: Frame,
    paragraphs: Container[int],
    texts: Sequence[str],
    css: str,
) -> Probed:
    short = _probed(set_with_tokens(SHORT, {}), paragraphs)
    _account_for_every_token(short, frame, css)
    _check_alignment(short)
    _check_paragraphs(short, frame, texts)
    crowded: frozenset[int] = frozenset()
    for length in LONG:
        try:
            long = _aligned(set_with_tokens(length, {}), paragraphs)
        except IsParagraph as error:
            crowded = error.blocks
            continue
        if shrunk := _compare(short, long):
            _anchor(short, shrunk, set_with_tokens, paragraphs)
        return short
    raise IsParagraph(crowded)


def _aligned(document: SetDocument, paragraphs: Container[int]) -> Probed:
    probed = _probed(document, paragraphs)
    _check_alignment(probed)
    return probed


def _anchor(
    short: Probed,
    shrunk: Sequence[Pair],
    set_with_tokens: SetWithTokens,
    paragraphs: Container[int],
) -> None:
    """Lines of blocks that shrink to their text, as the filler sets them. Raises NotFast."""
    lines = [line for line, _ in shrunk]
    reason = NotFast(too_wide(lines[0]))
    for stretch in STRETCHES:
        try:
            longer = _aligned(set_with_tokens(SHORT, lengths(lines, stretch)), paragraphs)
            again = _compare(short, longer)
        except IsParagraph:
            continue
        except NotFast as error:  # what is so long may push others away
            reason = error
            continue
        if [line.block for line, _ in again] == [line.block for line in lines]:
            page_of = {id(line): page.box for page, line in short.lines}
            for (line, long), (_, stretched) in zip(shrunk, again, strict=True):
                anchor(line, (long, stretched), page_of[id(line)])
            return
    raise reason


def _probed(document: SetDocument, paragraphs: Container[int]) -> Probed:
    pages, line_count = [], 0
    for page in document.pages:
        lines = variable_lines(page, paragraphs)
        pages.append(ProbedPage(page, lines, _holes(page, lines, line_count)))
        line_count += len(lines)
    return Probed(document, pages)


def _holes(page: SetPage, lines: list[VariableLine], first_line: int) -> dict[int, Hole]:
    holes = {}
    for line_index, line in enumerate(lines, first_line):
        for run_index, text in enumerate(line.texts):
            if text not in page.spans:
                raise NotFast("a value is drawn inside a group (opacity, transformation)")
            start, end = page.spans[text]
            names = [operator.rpartition(b" ")[2] for operator in page.operators[start:end]]
            once = all(names.count(name) == 1 for name in (b"Tf", b"Tm", b"TJ"))
            if not once or not set(names) <= _TEXT_OPERATORS:
                raise NotFast("a value is drawn with more than plain text")
            holes[start + names.index(b"Tf")] = Hole("font", line_index, run_index)
            holes[start + names.index(b"Tm")] = Hole("position", line_index, run_index)
            holes[start + names.index(b"TJ")] = Hole("glyphs", line_index, run_index)
    return holes


def _account_for_every_token(probed: Probed, frame: Frame, css: str) -> None:
    places = token_places(frame.document.html)
    if places.elsewhere:
        raise NotFast(f"a value is used in {', '.join(sorted(set(places.elsewhere)))}")
    styles = "\n".join((css, *places.styles))
    read = places.attributes & attributes_read(styles)
    if read:
        raise NotFast(f"a selector compares {', '.join(sorted(read))}, which holds a value")
    unknown = font_descriptors(styles) - FONT_DESCRIPTORS
    if unknown:
        raise NotFast(f"@font-face says {', '.join(sorted(unknown))}, which may change a value")
    on_page = 0
    for _, line in probed.lines:
        if line.block == MARGIN:
            continue  # said again, by CSS
        if line.row is None:
            on_page += sum(len(PATTERN.findall(text.text)) for text in line.texts)
        elif line.row == 0:
            on_page += len(frame.blocks[line.block].strings)
    if places.in_text != on_page:
        raise NotFast("a value is hidden, transformed or repeated by CSS")


def _check_alignment(probed: Probed) -> None:
    too_long = set()
    for _, line in probed.lines:
        if line.row is not None:
            continue
        text_width = sum(text.width for text in line.texts)
        if text_width > line.width:
            too_long.add(line.block)
            continue
        expected = line.left + line.alignment * (line.width - text_width)
        if abs(line.texts[0].position_x - expected) > TOLERANCE:
            raise NotFast("a value's place on its line is not understood")
    if too_long:
        raise IsParagraph(frozenset(too_long))


def _check_paragraphs(probed: Probed, frame: Frame, texts: Sequence[str]) -> None:
    """Each paragraph, set alone, has to be what the whole layout made of it."""
    alone = {
        line.block: frame.paragraph(line.block, texts)
        for _, line in probed.lines
        if line.row is not None
    }
    rows = dict.fromkeys(alone, 0)
    for page, line in probed.lines:
        if line.row is None:
            continue
        container = frame.containers[line.block]
        if (line.left, line.width) != (container.content_box_x(), container.width):
            raise NotFast(too_wide(line))
        rows[line.block] += 1
        made = alone[line.block].lines
        fragments = made[line.row] if line.row < len(made) else ()
        drawn = [(text.position_x, _shown(page, text)) for text in line.texts]
        if drawn != [(fragment.left, fragment.operand.encode()) for fragment in fragments]:
            raise NotFast("a paragraph is laid out by more than its own words")
    if any(rows[block] != len(paragraph.lines) for block, paragraph in alone.items()):
        raise NotFast("a paragraph is cut, or repeated")


def _shown(page: SetPage, text: Any) -> bytes:
    start, end = page.spans[text]
    return next(item for item in page.operators[start:end] if item.endswith(b" TJ"))[1:-4]


def _compare(short: Probed, long: Probed) -> list[Pair]:
    """The lines whose blocks shrink to their text. Raises NotFast when more than values differ."""
    if len(short.pages) != len(long.pages):
        raise NotFast("the number of pages depends on the length of a value")
    if _bookmarks(short) != _bookmarks(long):
        raise NotFast("a bookmark is more than a value as it is")
    shrunk: list[Pair] = []
    for page, other in zip(short.pages, long.pages, strict=True):
        shrunk += [
            (line, other_line)
            for line, other_line in zip(page.lines, other.lines, strict=False)
            if _frame(line) != _frame(other_line)
        ]
        same_holes = page.holes == other.holes
        if not same_holes or len(page.page.operators) != len(other.page.operators):
            raise NotFast(f"the layout depends on the length of a value{_remedy(shrunk)}")
        pairs = zip(page.page.operators, other.page.operators, strict=True)
        for index, (operator, other_operator) in enumerate(pairs):
            if index not in page.holes and operator != other_operator:
                raise NotFast(
                    f"{_drawn_by(page.page, index)} depends on the length of a value, or on its "
                    f"letters{_remedy(shrunk)}"
                )
    return shrunk


def _remedy(shrunk: Sequence[Pair]) -> str:
    return f": give {name_of(shrunk[0][0].box)} a width" if shrunk else ""


def _drawn_by(page: SetPage, index: int) -> str:
    """The element whose operator this is, or that is drawn next: its place is said before it."""
    around = [
        (end - start, box) for box, (start, end) in page.spans.items() if start <= index < end
    ]
    after = [(start, box) for box, (start, _) in page.spans.items() if start > index]
    found = min(around or after, key=lambda each: each[0], default=None)
    return name_of(found[1]) if found else "a border or a background"


def _bookmarks(probed: Probed) -> list[str]:
    """Their words, values by their number."""
    return [
        PATTERN.sub(r"\1", box.bookmark_label)
        for page in probed.pages
        for box in descendants(page.page.box)
        if getattr(box, "bookmark_label", None)
    ]


def _frame(line: VariableLine) -> tuple[float, float, float]:
    return round(line.left, 5), round(line.width, 5), line.alignment
