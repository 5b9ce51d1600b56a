"""Two layouts of one shape, with short and with long tokens: what differs must be understood.

Everything outside the token lines has to be drawn by the same operators whatever the length of the
strings. Shrink-to-fit, floats, flexible boxes, ellipses and backgrounds that follow the text are
thereby detected, not assumed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from services.certificates.engine.compositor.lines import VariableLine, variable_lines
from services.certificates.engine.compositor.markupscan import token_places
from services.certificates.engine.compositor.refusals import NotFast
from services.certificates.engine.compositor.tokens import PATTERN
from services.certificates.engine.compositor.typesetting import SetDocument, SetPage

SHORT = 1
LONG = (9, 5, 3)  # the longest that fits is taken
_TEXT_OPERATORS = {b"gs", b"rg", b"BT", b"Tm", b"Tf", b"TJ", b"ET", b"scn", b"cs", b"g", b"k"}
TOLERANCE = 0.01  # CSS pixels; Pango rounds to 1/1024


class _TooLong(Exception):
    """The probe's own text does not fit: says nothing about the template."""


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


@dataclass
class Probed:
    """A document whose every dependence on the strings is known."""

    document: SetDocument
    pages: list[ProbedPage]

    @property
    def lines(self) -> list[tuple[SetPage, VariableLine]]:
        return [(probed.page, line) for probed in self.pages for line in probed.lines]


def probe(set_with_tokens: Callable[[int], SetDocument]) -> Probed:
    """Lays the shape out with tokens of two lengths and compares. Raises NotFast."""
    short = _probed(set_with_tokens(SHORT))
    _account_for_every_token(short)
    _check_alignment(short)
    for length in LONG:
        long = _probed(set_with_tokens(length))
        try:
            _check_alignment(long)
        except _TooLong:
            continue
        _compare(short, long)
        return short
    raise NotFast("a value has too little room on its line")


def _probed(document: SetDocument) -> Probed:
    pages, line_count = [], 0
    for page in document.pages:
        lines = variable_lines(page)
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


def _account_for_every_token(probed: Probed) -> None:
    places = token_places(probed.document.html)
    if places.elsewhere:
        raise NotFast(f"a value is used in {', '.join(sorted(set(places.elsewhere)))}")
    on_page = sum(
        len(PATTERN.findall(text.text)) for _, line in probed.lines for text in line.texts
    )
    if places.in_text != on_page:
        raise NotFast("a value is hidden, transformed or repeated by CSS")


def _check_alignment(probed: Probed) -> None:
    for _, line in probed.lines:
        text_width = sum(text.width for text in line.texts)
        if text_width > line.width:
            raise _TooLong
        expected = line.left + line.alignment * (line.width - text_width)
        if abs(line.texts[0].position_x - expected) > TOLERANCE:
            raise NotFast("a value's place on its line is not understood")


def _compare(short: Probed, long: Probed) -> None:
    if len(short.pages) != len(long.pages):
        raise NotFast("the number of pages depends on the length of a value")
    for page, other in zip(short.pages, long.pages, strict=True):
        same_holes = page.holes == other.holes
        if not same_holes or len(page.page.operators) != len(other.page.operators):
            raise NotFast("the layout depends on the length of a value")
        pairs = zip(page.page.operators, other.page.operators, strict=True)
        for index, (operator, other_operator) in enumerate(pairs):
            if index not in page.holes and operator != other_operator:
                raise NotFast("the layout around a value depends on its length")
        for line, other_line in zip(page.lines, other.lines, strict=True):
            if _frame(line) != _frame(other_line):
                raise NotFast("the box around a value depends on its length")


def _frame(line: VariableLine) -> tuple[float, float, float]:
    return round(line.left, 5), round(line.width, 5), line.alignment
