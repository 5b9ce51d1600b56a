"""A paragraph: a block of text that the press sets anew for each person.

A value alone on its line only moves in x, and the filler sets it. Where lines are broken, spaces
stretched or letters spaced out, WeasyPrint lays that one block out again; the rest of the page
comes from the shape. Plain data, like a shape.
"""

from dataclasses import dataclass

MARGIN = -1  # in place of a block's number: a line in a page's margin, which nothing sets anew


class IsParagraph(Exception):
    """These blocks cannot be set by the filler; `blocks` are their numbers in the document."""

    def __init__(self, blocks: frozenset[int]) -> None:
        super().__init__(f"blocks {sorted(blocks)} are set as paragraphs")
        self.blocks = blocks


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of one line in one font, as WeasyPrint draws it. Lengths in CSS pixels."""

    operand: str  # of the TJ operator
    left: float
    advance: float
    meanings: tuple[tuple[int, str], ...]  # its glyphs and the text they stand for


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One block, set for one person.

    `layout` tells how its lines are broken (which text is on which line, in which font, how high),
    whatever the words: it belongs to the shape, since tags and all that follows depend on it.
    """

    block: int
    strings: tuple[int, ...]  # the person's strings that it holds
    text: str  # all that it says
    layout: str
    lines: tuple[tuple[Fragment, ...], ...]
