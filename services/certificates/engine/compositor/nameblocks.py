"""Blocks that hold a name and nothing else: marked before the layout, measured after it."""

from collections.abc import Iterable, Sequence
from typing import Any

from weasyprint.formatting_structure import boxes

from services.certificates.engine.compositor.typesetting import descendants
from services.certificates.engine.fitting import is_name

_NAME = "emarge_name"  # an attribute given to boxes; the layout copies boxes with all they carry


def mark_names(root: Any, name: str) -> None:
    """Marks them, while a block's single line box still holds all of its text."""
    number = 0
    for block in descendants(root):
        if not isinstance(block, boxes.BlockContainerBox) or len(block.children) != 1:
            continue
        line_box = block.children[0]
        if isinstance(line_box, boxes.LineBox) and is_name(_text(line_box), name):
            number += 1
            setattr(block, _NAME, number)


def name_blocks(pages: Iterable[Any]) -> list[Any]:
    """The marked blocks of the laid-out pages; more of one that goes on on the next page."""
    return [box for page in pages for box in descendants(page) if getattr(box, _NAME, None)]


def is_broken(blocks: Sequence[Any]) -> bool:
    """Whether one of them takes more than one line, or more than its width."""
    if len({getattr(block, _NAME) for block in blocks}) < len(blocks):
        return True
    return any(
        len(block.children) > 1
        or any(line.width > block.width * (1 + 1e-9) for line in block.children)
        for block in blocks
    )


def _text(line_box: Any) -> str:
    return "".join(box.text for box in descendants(line_box) if isinstance(box, boxes.TextBox))
