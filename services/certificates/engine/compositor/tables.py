"""Tables made regular, as PDF/UA-1 wants them: rows of as many cells, each with its headers.

HTML lets a row be short, a span reach too far and a header say nothing of what it heads.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

import pydyf

from services.certificates.engine.compositor.structure import Element

_SECTIONS = ("THead", "TBody", "TFoot")
_PASSED_THROUGH = ("NonStruct", "Div")  # what the layout puts between a table and its rows
_SCOPES = {"row": "Row", "rowgroup": "Row", "col": "Column", "colgroup": "Column"}


@dataclass(eq=False)
class _Cell:
    """A cell in its place."""

    element: Element
    row: int
    column: int
    rows: int
    columns: int
    scope: str = ""  # of a header

    @property
    def says_nothing(self) -> bool:
        return not self.element.kids


def regular(table: Element, scopes: dict[int, str]) -> list[Element]:
    """Puts a table right; returns the cells that no header is for.

    `scopes` are the scope attributes of HTML's header cells, by the number of the cell's object.
    """
    captions: list[Element] = []
    table.kids = _sections(_parts(table, captions))
    if not table.kids:
        table.kind = "NonStruct"
        table.kids = list(captions)
        for caption in captions:
            caption.kind = "P"
        return []
    is_divided = table.elements[0].kind in _SECTIONS
    sections = table.elements if is_divided else [table]
    rows = [row for section in sections for row in section.elements]
    ends = [end for section in sections for end in _ends(section, rows)]
    grid = _filled(rows, ends)
    if captions:
        captions[0].kids += [kid for other in captions[1:] for kid in other.kids]
        table.kids.insert(0, captions[0])
    return _headed(table, rows, grid, scopes)


def _parts(holder: Element, captions: list[Element]) -> Iterator[Element]:
    """Sections and rows, captions aside; whatever else is there becomes a row of one cell."""
    for kid in holder.kids:
        if isinstance(kid, Element):
            if kid.kind == "Caption":
                captions.append(kid)
                continue
            if kid.kind in _PASSED_THROUGH and _holds_rows(kid):
                yield from _parts(kid, captions)
                continue
            if kid.kind in _SECTIONS:
                kid.kids = list(_rows(kid))
                if kid.kids:
                    yield kid
                continue
        yield from _rows(Element("TBody", kids=[kid]))


def _holds_rows(element: Element) -> bool:
    return any(
        kid.kind in (*_SECTIONS, "TR") or (kid.kind in _PASSED_THROUGH and _holds_rows(kid))
        for kid in element.elements
    )


def _rows(section: Element) -> Iterator[Element]:
    for kid in section.kids:
        if isinstance(kid, Element) and kid.kind == "TR":
            kid.kids = [
                cell if isinstance(cell, Element) and cell.kind in ("TH", "TD") else _cell(cell)
                for cell in _without_wrappers(kid)
            ]
            if kid.kids:
                yield kid
        elif isinstance(kid, Element) and kid.kind in _PASSED_THROUGH and _holds_rows(kid):
            yield from _rows(kid)
        elif not isinstance(kid, Element) or any(below.kids for below in kid.descendants()):
            yield Element("TR", kids=[_cell(kid)])


def _without_wrappers(row: Element) -> Iterator[Any]:
    for kid in row.kids:
        if _is_wrapper(kid):
            yield from kid.kids
        else:
            yield kid


def _is_wrapper(kid: Any) -> TypeGuard[Element]:
    """Whether it only stands between a row and its cells."""
    wraps = isinstance(kid, Element) and kid.kind in _PASSED_THROUGH
    return wraps and any(below.kind in ("TH", "TD") for below in kid.elements)


def _cell(content: Any) -> Element:
    if isinstance(content, Element) and content.kind == "TR":
        content.kind = "NonStruct"
    return Element("TD", kids=[content])


def _sections(parts: Iterable[Element]) -> list[Any]:
    """One head and one foot at most, and a body where there is either."""
    found: list[Element] = []
    for part in parts:
        if part.kind in ("THead", "TFoot") and any(other.kind == part.kind for other in found):
            part.kind = "TBody"
        found.append(part)
    if all(part.kind == "TR" for part in found):
        return found
    gathered: list[Element] = []
    for part in found:
        if part.kind != "TR":
            gathered.append(part)
        elif gathered and gathered[-1].kind == "TBody" and not gathered[-1].entry:
            gathered[-1].kids.append(part)
        else:
            gathered.append(Element("TBody", kids=[part]))
    if not any(part.kind == "TBody" for part in gathered):
        gathered[0].kind = "TBody"
    return gathered


def _span(element: Element, name: str) -> int:
    return max(1, int((element.entry.get("A") or {}).get(name, 1)))


def _ends(section: Element, rows: list[Element]) -> list[int]:
    """For each row of a section, where the section ends: no cell reaches out of it."""
    end = rows.index(section.elements[-1]) + 1
    return [end] * len(section.elements)


def _filled(rows: list[Element], ends: list[int]) -> list[_Cell]:
    """All cells in their places, with spans that fit and an empty cell where one is missing."""
    taken: dict[tuple[int, int], _Cell] = {}
    cells: list[_Cell] = []
    for index, row in enumerate(rows):
        column = 0
        for element in row.elements:
            while (index, column) in taken:
                column += 1
            most = ends[index] - index
            cell = _Cell(element, index, column, min(_span(element, "RowSpan"), most), 1)
            wanted = _span(element, "ColSpan")
            while cell.columns < wanted and (index, column + cell.columns) not in taken:
                cell.columns += 1
            _take(taken, cell)
            cells.append(cell)
            column += cell.columns
    width = max(cell.column for cell in cells) + 1
    for cell in cells:
        cell.columns = min(cell.columns, width - cell.column)
    for index, row in enumerate(rows):
        for column in range(width):
            if (index, column) not in taken:
                cell = _Cell(Element("TD"), index, column, 1, 1)
                taken[index, column] = cell
                cells.append(cell)
        mine = sorted((cell for cell in cells if cell.row == index), key=lambda cell: cell.column)
        row.kids = [cell.element for cell in mine]
    return cells


def _take(taken: dict[tuple[int, int], _Cell], cell: _Cell) -> None:
    for row in range(cell.row, cell.row + cell.rows):
        for column in range(cell.column, cell.column + cell.columns):
            taken.setdefault((row, column), cell)


def _headed(
    table: Element, rows: list[Element], cells: list[_Cell], scopes: dict[int, str]
) -> list[Element]:
    """Says of each header what it heads, and of each cell which headers it has."""
    heads = {row for section in table.elements if section.kind == "THead" for row in section.kids}
    _name_corners(rows, cells)
    for cell in cells:
        if cell.element.kind == "TH":
            told = scopes.get(getattr(cell.element.entry, "number", -1), "")
            cell.scope = _SCOPES.get(told) or _scope(cell, rows, heads)
    headers = [cell for cell in cells if cell.scope]
    names = {cell: f"{table.entry.number}-{cell.row}-{cell.column}" for cell in headers}
    without = []
    for cell in cells:
        attributes = pydyf.Dictionary({"O": "/Table"})
        if cell.columns > 1:
            attributes["ColSpan"] = cell.columns
        if cell.rows > 1:
            attributes["RowSpan"] = cell.rows
        if cell.scope:
            attributes["Scope"] = f"/{cell.scope}"
            cell.element.entry["ID"] = pydyf.String(names[cell])
        else:
            mine = [header for header in headers if _heads(header, cell)]
            if headers and not mine:
                without.append(cell.element)
                mine = headers[:1]
            attributes["Headers"] = pydyf.Array([pydyf.String(names[each]) for each in mine])
        cell.element.entry["A"] = attributes
    return [element for element in without if element.kids]


def _name_corners(rows: list[Element], cells: list[_Cell]) -> None:
    """An empty cell in a row of headers is one: the corner above a column of names."""
    for row in rows:
        kinds = {kid.kind for kid in row.elements if kid.kids}
        if kinds == {"TH"} and len(row.elements) > 1:
            for cell in cells:
                if cell.element in row.elements and cell.says_nothing:
                    cell.element.kind = "TH"


def _scope(cell: _Cell, rows: list[Element], heads: set[Any]) -> str:
    """What HTML's own rule makes of a header without a scope, near enough."""
    row = rows[cell.row]
    if row in heads or all(kid.kind == "TH" for kid in row.elements):
        return "Column"
    return "Row" if any(kid.kind == "TD" for kid in row.elements) else "Column"


def _heads(header: _Cell, cell: _Cell) -> bool:
    if header.scope == "Row":
        return header.row < cell.row + cell.rows and cell.row < header.row + header.rows
    return (
        header.column < cell.column + cell.columns and cell.column < header.column + header.columns
    )
