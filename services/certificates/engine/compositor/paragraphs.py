"""Sets one block of a laid-out document again, alone, for another person's texts.

WeasyPrint's own line breaking and drawing at the block's own width: what comes out is what a whole
layout would have put there, or the shape is refused (`check_alone`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weasyprint.draw.text import draw_text
from weasyprint.formatting_structure import boxes
from weasyprint.layout.inline import iter_line_boxes
from weasyprint.pdf.stream import Stream

from services.certificates.engine.compositor.faces import ALPHABETS
from services.certificates.engine.compositor.refusals import NotFast
from services.certificates.engine.compositor.typesetting import (
    SetDocument,
    as_bytes,
    descendants,
    without_zero_kerning,
)
from services.certificates.engine.compositor.valueblocks import ValueBlock, number_of, run_of
from services.certificates.engine.paragraph import Fragment, Paragraph

_ANYWHERE = float("-inf")  # no page ends below the block


@dataclass
class Frame:
    """A document laid out with tokens, kept for the blocks that are set again."""

    document: SetDocument
    blocks: dict[int, ValueBlock]
    containers: dict[int, Any]  # each block as laid out: where it is, and how wide

    @classmethod
    def of(cls, document: SetDocument, blocks: dict[int, ValueBlock]) -> "Frame":
        """The frame of a document whose blocks were numbered."""
        containers = {}
        for page in document.pages:
            for box in descendants(page.box):
                number = number_of(box)
                if number is not None:
                    containers[number] = box
        return cls(document, blocks, containers)

    def paragraph(self, number: int, texts: Sequence[str]) -> Paragraph:
        """The block's lines with these texts. Raises NotFast when they need the whole layout."""
        block = self.blocks[number]
        _refuse_other_alphabets(block, texts)
        container = self.containers[number]
        lines = self._lines(block.with_texts(texts), container)
        if any(line.width > container.width * (1 + 1e-9) for line in lines):
            raise NotFast("a word is longer than its line")
        drawn = [
            [(text, *self._drawn(text)) for text in _texts(line) if text.text.strip()]
            for line in lines
        ]
        top = lines[0].position_y if lines else 0.0
        layout = [
            [
                round(line.height, 3),
                *(
                    (run_of(text), font, round(text.position_y + text.baseline - top, 3))
                    for text, font, _ in texts_of_line
                ),
            ]
            for line, texts_of_line in zip(lines, drawn, strict=True)
        ]
        return Paragraph(
            block=number,
            strings=tuple(dict.fromkeys(block.strings)),
            text=block.text(texts),
            layout=json.dumps(layout, separators=(",", ":")),
            lines=tuple(tuple(fragment for _, _, fragment in line) for line in drawn),
        )

    def _lines(self, line_box: Any, container: Any) -> list[Any]:
        context = self.document.context
        context.create_block_formatting_context()
        try:
            lines = iter_line_boxes(
                context, line_box, 0.0, _ANYWHERE, None, container, [], [], None, None
            )
            return [line for line, _ in lines]
        finally:
            context.finish_block_formatting_context()

    def _drawn(self, text: Any) -> tuple[str, Fragment]:
        """The text's font and its fragment."""
        fonts = self.document.fonts
        for font in fonts.values():
            font.to_unicode.clear()  # so that it fills with what this text alone means
        stream = Stream(fonts, None, {"ExtGState": {}}, {}, None, {}, None)
        draw_text(stream, text, 0, "clip", "none")
        operators = as_bytes(stream)
        sizes = [item for item in operators if item.endswith(b" Tf")]
        shown = [item for item in operators if item.endswith(b" TJ")]
        if len(sizes) != 1 or len(shown) != 1:
            raise NotFast("a value is drawn with more than one font")
        name = sizes[0].split()[0][1:].decode()
        fragment = Fragment(
            operand=without_zero_kerning(shown[0])[1:-4].decode(),
            left=text.position_x,
            advance=text.width,
            meanings=tuple(
                meaning
                for font in self.document.fonts_named(name)
                for meaning in font.to_unicode.items()
            ),
        )
        return name, fragment


def _texts(line: Any) -> list[Any]:
    return [box for box in descendants(line) if isinstance(box, boxes.TextBox)]


def _refuse_other_alphabets(block: ValueBlock, texts: Sequence[str]) -> None:
    for string in set(block.strings):
        if not ALPHABETS.issuperset(texts[string]):
            raise NotFast("a text is written in other alphabets")
