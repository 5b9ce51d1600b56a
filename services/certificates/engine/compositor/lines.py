"""Finds the lines that hold values, tells plain ones from paragraphs, and refuses the rest."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from weasyprint.formatting_structure import boxes

from services.certificates.engine.compositor.properties import is_plain, not_understood
from services.certificates.engine.compositor.refusals import NotFast
from services.certificates.engine.compositor.tokens import PATTERN
from services.certificates.engine.compositor.typesetting import SetPage, descendants
from services.certificates.engine.compositor.valueblocks import number_of, run_of
from services.certificates.engine.paragraph import MARGIN, IsParagraph

_ALIGNMENT = {
    "left": 0.0,
    "start": 0.0,
    "justify": 0.0,  # the only line of a block is its last, which is not justified
    "center": 0.5,
    "right": 1.0,
    "end": 1.0,
}


@dataclass
class VariableLine:
    """One line that holds values: alone in its block, or one of a paragraph's."""

    box: Any
    block: int  # the block's number, or MARGIN
    row: int | None  # which line of its paragraph; None when the filler sets it
    texts: list[Any]  # its text boxes that draw something, from left to right
    left: float
    width: float
    alignment: float
    links: list[Any]  # inline boxes that carry a link
    narrowest: float = 0.0  # what is narrower was not proved

    @property
    def text_left(self) -> float:
        return float(self.texts[0].position_x)

    @property
    def text_width(self) -> float:
        return float(sum(text.width for text in self.texts))


def variable_lines(page: SetPage, paragraphs: Container[int]) -> list[VariableLine]:
    """The page's lines with values, in document order.

    Raises NotFast, or IsParagraph with the blocks that are not among `paragraphs` and should be.
    """
    found: list[VariableLine] = []
    wrapping: set[int] = set()
    for block in descendants(page.box):
        _refuse_first_line(block)
        if not isinstance(block, boxes.BlockContainerBox):
            continue
        lines = [child for child in block.children if isinstance(child, boxes.LineBox)]
        number = number_of(block)
        if number is None:
            if not any(PATTERN.search(text.text) for line in lines for text in _texts(line)):
                continue
            if not isinstance(block, boxes.MarginBox):
                raise NotFast("a value is hidden, transformed or repeated by CSS")
            number = MARGIN
        _refuse_unknown_styles(block, lines)
        if number in paragraphs:
            found += [_variable_line(block, number, line, row) for row, line in enumerate(lines)]
        elif len(block.children) != 1 or not _is_plain(block, lines):
            if number == MARGIN:
                raise NotFast("a value in a page's margin is more than one plain line")
            wrapping.add(number)
        else:
            found.append(_variable_line(block, number, lines[0], None))
    if wrapping:
        raise IsParagraph(frozenset(wrapping))
    return found


def _variable_line(block: Any, number: int, line: Any, row: int | None) -> VariableLine:
    inlines = _inlines(block, line)
    texts = _texts(line)
    if number != MARGIN and any(run_of(text) is None for text in texts):
        raise NotFast(f"{name_of(block)} begins with a letter of another style")
    return VariableLine(
        box=block,
        block=number,
        row=row,
        texts=texts if row is None else [text for text in texts if text.text.strip()],
        left=block.content_box_x(),
        width=block.width,
        alignment=_ALIGNMENT[block.style["text_align_all"]],
        links=[box for box in inlines if box.link_annotation],
    )


def _is_plain(block: Any, lines: list[Any]) -> bool:
    style = block.style
    indent = style["text_indent"]
    if style["direction"] != "ltr" or getattr(indent, "value", indent):
        return False
    return all(is_plain(text.style) for line in lines for text in _texts(line))


def _refuse_unknown_styles(block: Any, lines: list[Any]) -> None:
    for box in (block, *(text for line in lines for text in _texts(line))):
        if found := not_understood(box.style):
            raise NotFast(f"{name_of(block)} has {found}, which may change a value")


def _refuse_first_line(box: Any) -> None:
    """Its style is given during the layout, to whatever comes first."""
    if getattr(box, "first_line_style", None) and any(
        PATTERN.search(inside.text)
        for inside in descendants(box)
        if isinstance(inside, boxes.TextBox)
    ):
        raise NotFast(f"{name_of(box)} has a ::first-line of another style")


def _texts(line: Any) -> list[Any]:
    return [box for box in descendants(line) if isinstance(box, boxes.TextBox)]


def _inlines(block: Any, line: Any) -> list[Any]:
    """The line's inline boxes, which may not be seen themselves: they move with the text."""
    found = []
    for box in descendants(line):
        if box is line or isinstance(box, boxes.TextBox):
            continue
        if not isinstance(box, boxes.InlineBox):
            raise NotFast(
                f"{name_of(block)} has {name_of(box)} as a box of its own beside a value: make it "
                "inline, or a block"
            )
        sides = (
            box.margin_left,
            box.margin_right,
            box.padding_left,
            box.padding_right,
            box.border_left_width,
            box.border_right_width,
            box.border_top_width,
            box.border_bottom_width,
        )
        if any(sides):
            raise NotFast(f"{name_of(block)} has a margin or a border inside a line")
        if box.background is not None or box.style["outline_style"] != "none":
            raise NotFast(f"{name_of(block)} has a background or an outline inside a line")
        if box.style["anchor"] or box.bookmark_label:
            raise NotFast(f"{name_of(block)} has a link's target inside a line")
        found.append(box)
    return found


def name_of(block: Any) -> str:
    """The element as its author knows it: `<p.holder>`."""
    element = block.element
    if element is None:
        return f"<{block.element_tag}>"
    names = (element.get("class") or "").split()
    return f"<{block.element_tag}{''.join('.' + name for name in names)}>"
