"""Finds the lines that hold tokens, and refuses those whose layout is more than a shift in x."""

from dataclasses import dataclass
from typing import Any

from weasyprint.formatting_structure import boxes

from services.certificates.engine.compositor.refusals import NotFast
from services.certificates.engine.compositor.tokens import PATTERN
from services.certificates.engine.compositor.typesetting import SetPage, descendants

_ALIGNMENT = {
    "left": 0.0,
    "start": 0.0,
    "justify": 0.0,  # the only line of a block is its last, which is not justified
    "center": 0.5,
    "right": 1.0,
    "end": 1.0,
}
# Properties that change glyphs or advances in ways the filler does not repeat, with their
# harmless values.
_PLAIN: dict[str, tuple[object, ...]] = {
    "letter_spacing": ("normal", 0),
    "word_spacing": ("normal", 0),
    "font_feature_settings": ("normal",),
    "font_variant_ligatures": ("normal",),
    "font_variant_caps": ("normal",),
    "font_variant_numeric": ("normal",),
    "font_variant_position": ("normal",),
    "font_variant_alternates": ("normal",),
    "font_variant_east_asian": ("normal",),
    "font_kerning": ("normal", "auto"),
    "font_variation_settings": ("normal",),
    "text_decoration_line": ("none", set(), frozenset(), ()),
}


@dataclass
class VariableLine:
    """One line with tokens, alone in its block."""

    box: Any
    texts: list[Any]  # its text boxes, from left to right
    left: float
    width: float
    alignment: float
    links: list[Any]  # inline boxes that carry a link


def variable_lines(page: SetPage) -> list[VariableLine]:
    """The page's lines with tokens, in document order. Raises NotFast."""
    found = []
    for block in descendants(page.box):
        if not isinstance(block, boxes.BlockContainerBox):
            continue
        lines = [child for child in block.children if isinstance(child, boxes.LineBox)]
        for line in lines:
            texts = [box for box in descendants(line) if isinstance(box, boxes.TextBox)]
            if not any(PATTERN.search(text.text) for text in texts):
                continue
            if len(block.children) != 1:
                raise NotFast(f"{_name(block)} holds a value inside a text of several lines")
            found.append(_variable_line(block, line, texts))
    return found


def _variable_line(block: Any, line: Any, texts: list[Any]) -> VariableLine:
    _refuse_other_inlines(block, line)
    style = block.style
    if style["direction"] != "ltr":
        raise NotFast(f"{_name(block)} is written from right to left")
    indent = style["text_indent"]
    if getattr(indent, "value", indent):
        raise NotFast(f"{_name(block)} has an indent")
    for text in texts:
        for property_name, harmless in _PLAIN.items():
            if text.style[property_name] not in harmless:
                css = property_name.replace("_", "-")
                raise NotFast(f"{_name(block)} uses {css} on a value")
    return VariableLine(
        box=block,
        texts=texts,
        left=block.content_box_x(),
        width=block.width,
        alignment=_ALIGNMENT[style["text_align_all"]],
        links=[
            box
            for box in descendants(line)
            if isinstance(box, boxes.InlineBox) and box.link_annotation
        ],
    )


def _refuse_other_inlines(block: Any, line: Any) -> None:
    for box in descendants(line):
        if box is line or isinstance(box, boxes.TextBox):
            continue
        if not isinstance(box, boxes.InlineBox):
            raise NotFast(f"{_name(block)} has something other than text beside a value")
        sides = (
            box.margin_left,
            box.margin_right,
            box.padding_left,
            box.padding_right,
            box.border_left_width,
            box.border_right_width,
        )
        if any(sides):
            raise NotFast(f"{_name(block)} has a margin or a border inside a line")


def _name(block: Any) -> str:
    element = block.element
    if element is None:
        return f"<{block.element_tag}>"
    names = (element.get("class") or "").split()
    return f"<{block.element_tag}{''.join('.' + name for name in names)}>"
