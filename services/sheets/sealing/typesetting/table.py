"""The table of a sheet: a row each, over as many pages as it takes, its heads on every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from services.sheets.pictures.strokes import SIDE
from services.sheets.sealing.facts import Facts, Row
from services.sheets.sealing.typesetting.breaking import Block, fitted
from services.sheets.sealing.typesetting.flow import LEFT, WIDE, Flow
from services.sheets.sealing.typesetting.pages import Page, points
from services.sheets.sealing.typesetting.tags import COLUMN_HEAD, ROW_HEAD, Element
from services.sheets.sealing.wording import Wording

GAP = 5.0  # points between a column's text and the next column
PADDING = 4.0  # above and below
LEAST_ROW = 30.0
DRAWN = 76.0  # how wide a signature is
SMALL = (7.0, 6.5)
GREY = 0.35


@dataclass(frozen=True)
class Column:
    head: str
    left: float
    width: float


def columns(wording: Wording) -> list[Column]:
    heads = (
        (wording.gettext("No."), 24.0),
        (wording.gettext("Name"), 144.0),
        (wording.gettext("Organisation"), 104.0),
        (wording.gettext("Signature"), 84.0),
        (wording.gettext("Time"), 70.0),
        (wording.gettext("Signed on, remarks"), WIDE - 426.0),
    )
    made, left = [], LEFT
    for head, width in heads:
        made.append(Column(head, left, width))
        left += width
    return made


@dataclass(frozen=True)
class Cells:
    """What stands in a row, each cell a pile of blocks with its grey."""

    piles: tuple[tuple[tuple[Block, float], ...], ...]

    @cached_property
    def heights(self) -> list[float]:
        """Of each pile."""
        return [sum(block.height for block, _ in pile) for pile in self.piles]

    @cached_property
    def height(self) -> float:
        return max(LEAST_ROW, max(self.heights) + 2 * PADDING)


def add_table(flow: Flow, facts: Facts, wording: Wording) -> None:
    """All rows. Raises nothing: what is long is wrapped, what is very long takes a taller row."""
    made = columns(wording)
    table = flow.root.add("Table")
    head = table.add("THead").add("TR")
    _draw_heads(flow.page, flow.top, made, [head.add("TH", COLUMN_HEAD) for _ in made])
    flow.down(_HEADS)
    body = table.add("TBody")
    for number, row in enumerate(facts.rows, start=1):
        cells = _cells(number, row, facts, made, wording)
        if not flow.holds(cells.height):
            flow.new_page()
            with flow.page.artifact(b"/Pagination"):
                _draw_heads(flow.page, flow.top, made, None)
            flow.down(_HEADS)
        _draw_row(flow.page, flow.top, row, cells, made, body.add("TR"), wording)
        flow.down(cells.height)


_HEADS = 19.0


def _draw_heads(
    page: Page, top: float, made: Sequence[Column], elements: Sequence[Element] | None
) -> None:
    """As the table's head, or only drawn once more."""
    bottom = top - _HEADS
    blocks = [fitted(each.head, each.width - GAP, bold=True, sizes=(8.0, 7.0)) for each in made]
    if elements is None:
        page.shade(LEFT, bottom, WIDE, _HEADS, 0.9)
    else:
        with page.artifact():
            page.shade(LEFT, bottom, WIDE, _HEADS, 0.9)
    for place, (column, block) in enumerate(zip(made, blocks, strict=True)):
        height = top - (_HEADS - block.height) / 2
        if elements is None:
            page.lines(block, column.left + 3, height)
        else:
            page.text(block, elements[place], column.left + 3, height)


def _cells(number: int, row: Row, facts: Facts, made: Sequence[Column], wording: Wording) -> Cells:
    widths = [column.width - GAP for column in made]
    name = wording.gettext("erased on request") if row.erased else wording.set(row.name)
    when = wording.signed(row, facts.heading.starts_at)
    source, remarks = wording.source(row), wording.remarks(row)
    small = [
        *((fitted(source, widths[5], sizes=SMALL), 0.0) for _ in range(bool(source))),
        *((fitted(remark, widths[5], sizes=SMALL), GREY) for remark in remarks),
    ]
    return Cells(
        (
            ((fitted(str(number), widths[0], sizes=(8.0,)), GREY),),
            ((fitted(name, widths[1], bold=not row.erased), GREY if row.erased else 0.0),),
            ((fitted(wording.set(row.organisation), widths[2], sizes=(8.0, 7.0)), 0.0),),
            tuple((fitted(said, widths[3], sizes=SMALL), GREY) for said in _instead(row, wording)),
            tuple(
                (fitted(said, widths[4], sizes=SMALL if place else (9.0, 8.0)), GREY * bool(place))
                for place, said in enumerate(when)
            ),
            tuple(small),
        )
    )


def _instead(row: Row, wording: Wording) -> list[str]:
    """What stands where the signature is not drawn."""
    if row.strokes is not None:
        return []
    if row.signed_at is None:
        return [wording.gettext("no signature")]
    if row.erased:
        return [wording.gettext("erased on request")]
    if not row.source:
        return [wording.gettext("without a signature")]
    if row.source == "paper":
        return [wording.gettext("on the paper sheet")]
    return [wording.gettext("confirmed without drawing")]


def _draw_row(
    page: Page,
    top: float,
    row: Row,
    cells: Cells,
    made: Sequence[Column],
    element: Element,
    wording: Wording,
) -> None:
    bottom = top - cells.height
    with page.artifact():
        page.rule(LEFT, bottom, WIDE, 0.8)
    for place, (column, pile) in enumerate(zip(made, cells.piles, strict=True)):
        cell = element.add("TH", ROW_HEAD) if place == 1 else element.add("TD")
        down = top - (cells.height - cells.heights[place]) / 2
        for block, grey in pile:
            if block.lines:
                kind = cell.add("P") if len(pile) > 1 else cell
                page.text(block, kind, column.left + 3, down, grey)
            down -= block.height
        if place == 3 and row.strokes is not None:
            said = wording.gettext("Signature of {name}").format(name=wording.set(row.name))
            drawn_bottom = top - (cells.height + DRAWN / 3) / 2
            draw_signature(page, cell, row.strokes.lines, column.left + 3, drawn_bottom, said)


def draw_signature(
    page: Page,
    element: Element,
    lines: Sequence[tuple[tuple[int, int], ...]],
    left: float,
    bottom: float,
    said: str,
) -> None:
    """A picture with its words for whoever does not see it."""
    box = points(left, bottom, left + DRAWN, bottom + DRAWN / 3)
    figure = element.add("Figure", b"<</O/Layout/Placement/Block/BBox[%s]>>" % box)
    figure.alternative = said
    with page.marked(figure):
        page.pen(lines, left, bottom, DRAWN, SIDE)
