"""Blocks that hold values: numbered before the layout, so that they are known again after it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from weasyprint.formatting_structure import boxes

from services.certificates.engine.compositor.tokens import PATTERN, parts
from services.certificates.engine.compositor.typesetting import descendants

# Attributes given to boxes; the layout copies boxes with all that they carry.
_NUMBER, _RUN, _PARTS = "emarge_block", "emarge_run", "emarge_parts"


@dataclass(frozen=True)
class ValueBlock:
    """One such block, before the layout: its single line box still holds all of its text."""

    number: int
    line_box: Any

    @property
    def strings(self) -> tuple[int, ...]:
        """The values it holds, as indices; more than once when they are repeated."""
        return tuple(
            part for text in _texts(self.line_box) for part in _parts(text) if isinstance(part, int)
        )

    def text(self, texts: Sequence[str]) -> str:
        """All that it says, with these texts instead of tokens."""
        return "".join(_joined(text, texts) for text in _texts(self.line_box))

    def with_texts(self, texts: Sequence[str]) -> Any:
        """A copy of the line box that holds these texts instead of tokens."""
        line_box = self.line_box.deepcopy()
        _fill(line_box, texts)
        return line_box


def number_blocks(root: Any) -> dict[int, ValueBlock]:
    """Numbers the blocks whose text holds tokens, in document order."""
    found: dict[int, ValueBlock] = {}
    for block in descendants(root):
        if not isinstance(block, boxes.BlockContainerBox) or len(block.children) != 1:
            continue
        line_box = block.children[0]
        if not isinstance(line_box, boxes.LineBox) or not _holds_token(line_box):
            continue
        number = len(found)
        setattr(block, _NUMBER, number)
        for run, text in enumerate(_texts(line_box)):
            setattr(text, _RUN, run)
            setattr(text, _PARTS, parts(text.text))
        found[number] = ValueBlock(number, line_box)
    return found


def fill_blocks(
    blocks: dict[int, ValueBlock], paragraphs: Container[int], texts: Sequence[str]
) -> None:
    """Puts the person's texts in place of the tokens of these blocks, before the layout."""
    for number, block in blocks.items():
        if number in paragraphs:
            _fill(block.line_box, texts)


def number_of(block: Any) -> int | None:
    """The number given to a block, before or after the layout."""
    number: int | None = getattr(block, _NUMBER, None)
    return number


def run_of(text: Any) -> int | None:
    """The place of a text among those of its block before the layout."""
    run: int | None = getattr(text, _RUN, None)
    return run


def _fill(line_box: Any, texts: Sequence[str]) -> None:
    for text in _texts(line_box):
        text.text = _joined(text, texts)


def _joined(text: Any, texts: Sequence[str]) -> str:
    return "".join(texts[part] if isinstance(part, int) else part for part in _parts(text))


def _texts(line_box: Any) -> list[Any]:
    return [box for box in descendants(line_box) if isinstance(box, boxes.TextBox)]


def _parts(text: Any) -> tuple[str | int, ...]:
    found: tuple[str | int, ...] = getattr(text, _PARTS)
    return found


def _holds_token(line_box: Any) -> bool:
    return any(PATTERN.search(text.text) for text in _texts(line_box))
