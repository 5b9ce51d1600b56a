"""Blocks that are as wide as their text: where the text stays put while it grows.

A block without a width that is placed absolutely, floats, or is aligned by a flexible box, shrinks
to its text. If nothing else moves, its text hangs on one point: its left end, its middle or its
right end, which three layouts tell, of different lengths. That is known of texts between the
shortest and the longest that were tried; of shorter ones too where the block aligns its text to the
same point, so that a wider block changes nothing, or where nothing but its text makes it wide.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from weasyprint.formatting_structure import boxes

from services.certificates.engine.compositor.lines import VariableLine, name_of
from services.certificates.engine.compositor.refusals import NotFast
from services.certificates.engine.compositor.tokens import PATTERN
from services.certificates.engine.compositor.typesetting import descendants

# Letters that are added, the most that fits; each value grows by more than the one before, so that
# two that push each other are not taken for ones that stay.
STRETCHES = (150, 70, 30, 12)
_MORE = 3
_TOLERANCE = 0.01  # CSS pixels
_POINTS = (0.0, 0.5, 1.0)


def lengths(lines: Sequence[VariableLine], stretch: int) -> Mapping[int, int]:
    """How long the tokens in these lines become, by index."""
    found = sorted(
        {
            int(match.group(1))
            for line in lines
            for text in line.texts
            for match in PATTERN.finditer(text.text)
        }
    )
    return {index: stretch + _MORE * place for place, index in enumerate(found)}


def anchor(line: VariableLine, others: Sequence[VariableLine], page: Any) -> None:
    """Make of the line on this page (its box) what the filler needs, from how it was laid out
    otherwise. Raises NotFast where its text hangs on no point."""
    layouts = [line, *others]
    point = next((point for point in _POINTS if _is_fixed(point, layouts)), None)
    if point is None or not all(_shrinks(each) for each in layouts):
        raise NotFast(too_wide(line))
    left, width = line.text_left, line.text_width
    lets_shrink = point == line.alignment or _is_wide_by_its_text_alone(line, page)
    line.narrowest = 0.0 if lets_shrink else width
    line.width = max(each.text_width for each in layouts)
    line.left, line.alignment = left + point * (width - line.width), point


def too_wide(line: VariableLine) -> str:
    """What its author is told of a block that follows its text."""
    remedy = "give it a width"
    if isinstance(line.box, boxes.TableCellBox):
        remedy = "give its column a width, or its table table-layout: fixed and a width"
    return f"{name_of(line.box)} is as wide as its value: {remedy}"


def _shrinks(line: VariableLine) -> bool:
    return line.row is None and abs(line.width - line.text_width) < _TOLERANCE


def _is_fixed(point: float, layouts: Sequence[VariableLine]) -> bool:
    places = [each.text_left + point * each.text_width for each in layouts]
    return max(places) - min(places) < _TOLERANCE


def _is_wide_by_its_text_alone(line: VariableLine, page: Any) -> bool:
    """Whether neither a minimum nor a neighbour keeps its block from being narrower."""
    path = _path(page, line.box)
    if any(_has_minimum(box) for box in path):
        return False
    for parent, child in zip(reversed(path[:-1]), reversed(path), strict=False):
        if abs(parent.width - child.margin_width()) > _TOLERANCE:
            return True  # it does not shrink with it
        if len(parent.children) != 1:
            return False
    return False


def _path(box: Any, wanted: Any) -> list[Any]:
    """The boxes around it, and itself; empty where it is not inside."""
    box = next(descendants(box))
    if box is wanted:
        return [box]
    inside = (_path(child, wanted) for child in getattr(box, "children", ()))
    return next(([box, *path] for path in inside if path), [])


def _has_minimum(box: Any) -> bool:
    style = box.style
    return (
        isinstance(box, boxes.TableBox)
        or style["grid_template_columns"] != "none"
        or getattr(style["min_width"], "value", style["min_width"]) not in ("auto", 0)
    )
