"""A document's tags put right, so that what a design may say is what PDF/UA-1 allows.

HTML knows no wrong order of headings, lets a list hold anything and a picture be an ornament.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

import pydyf

from services.certificates.engine.compositor import tables
from services.certificates.engine.compositor.structure import (
    Annotation,
    Element,
    Mark,
    Structure,
)

_LIST_KIDS = ("L", "LI")
_ITEM_KIDS = ("Lbl", "LBody")
_OF_TABLES = ("TR", "TH", "TD", "THead", "TBody", "TFoot")
_HOLDING_CELLS = ("Table", "THead", "TBody", "TFoot", "TR")
_KEPT_EMPTY = ("TR", "TH", "TD", "Document")
_WRAPPED_FROM_OUTSIDE = ("Figure", "Span", "Table", "L", "NonStruct")
_HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


Place = tuple[bytes, int]  # of a mark: its page and its number


@dataclass(frozen=True)
class Tagged:
    """What came of it: the marks that are ornaments now, and the cells that lack a header."""

    ornaments: frozenset[Mark]
    without_header: tuple[int, ...]  # numbers of the cells' objects


def put_right(pdf: Any, pictures: dict[Place, str], scopes: dict[int, str]) -> Tagged:
    """Changes the document's objects; its content streams are the caller's to change.

    `pictures` are the texts that stand for them, empty for an ornament; `scopes` as in `tables`.
    """
    structure = Structure.of(pdf)
    document = structure.document
    ornaments = _set_margins_aside(structure)
    _describe(document, pictures)
    _hold_links(document)
    ornaments |= _drop_ornaments(document, pictures)
    _repair(document)
    without = _tables(document, scopes)
    _prune(document)
    _order_headings(document)
    structure.write()
    return Tagged(frozenset(ornaments), without)


def _set_margins_aside(structure: Structure) -> set[Mark]:
    """What stands in the margins repeats: ornaments. A link does not, and goes to the end."""
    found: set[Mark] = set()
    for element in structure.outside:
        everything = list(element.descendants())
        if any(isinstance(kid, Annotation) for each in everything for kid in each.kids):
            structure.document.kids.append(element)
            continue
        for each in everything:
            found |= {kid for kid in each.kids if isinstance(kid, Mark)}
            each.entry.clear()
    return found


def _describe(document: Element, pictures: dict[Place, str]) -> None:
    for element in document.descendants():
        if element.kind == "Figure":
            for kid in element.kids:
                if isinstance(kid, Mark) and (text := pictures.get((kid.page, kid.number))):
                    element.entry["Alt"] = pydyf.String(text)


def _drop_ornaments(document: Element, pictures: dict[Place, str]) -> set[Mark]:
    """Takes pictures that say nothing out of the tree; one that is all of a link says where to."""
    dropped: set[Mark] = set()
    parents = document.parents()
    for element in list(document.descendants()):
        mine = [
            kid
            for kid in element.kids
            if isinstance(kid, Mark) and pictures.get((kid.page, kid.number)) == ""
        ]
        if not mine:
            continue
        link = next((each for each in _upwards(element, parents) if each.kind == "Link"), None)
        if link is not None and _is_all_of(element, link):
            element.kind = "Figure"
            target = next(kid.entry for kid in link.kids if isinstance(kid, Annotation))
            element.entry["Alt"] = target["Contents"]
            continue
        dropped.update(mine)
        element.kids = [kid for kid in element.kids if kid not in mine]
    return dropped


def _is_all_of(element: Element, link: Element) -> bool:
    """Whether nothing else in a link has content."""
    holding = [
        each for each in link.descendants() if any(isinstance(kid, Mark) for kid in each.kids)
    ]
    return holding == [element]


def _upwards(element: Element, parents: dict[Element, Element]) -> Iterator[Element]:
    while element in parents:
        element = parents[element]
        yield element


def _hold_links(document: Element) -> None:
    """Each link's annotation in a Link element; a Link without one is none."""
    parents = document.parents()
    for element in list(document.descendants()):
        links = [kid for kid in element.kids if isinstance(kid, Annotation) and _is_link(kid)]
        if not links or element.kind == "Link":
            continue
        element.kids = [kid for kid in element.kids if kid not in links]
        above = next((each for each in _upwards(element, parents) if each.kind == "Link"), None)
        if above is not None:
            above.kids += links
        elif element.kind in _WRAPPED_FROM_OUTSIDE:
            parent = parents[element]
            made = Element("Link", kids=[element, *links])
            parent.kids[parent.kids.index(element)] = made
            parents[element], parents[made] = made, parent
        else:
            within = _innermost(element)
            within.kids = [Element("Link", kids=[*within.kids, *links])]
            parents.update(document.parents())
    for element in document.descendants():
        if element.kind == "Link" and not any(isinstance(kid, Annotation) for kid in element.kids):
            element.kind = "NonStruct"


def _innermost(element: Element) -> Element:
    """What may hold a link: the first cell of a row, the body of an item."""
    while element.kind in ("TR", "THead", "TBody", "TFoot", "LI") and element.elements:
        element = element.elements[-1 if element.kind == "LI" else 0]
    return element


def _is_link(kid: Annotation) -> bool:
    return bool(kid.entry["Subtype"] == "/Link")


def _repair(element: Element) -> None:
    """Lists as they may be, from the top down; parts of lists outside them are no such parts."""
    if element.kind == "L":
        element.kids = _items(element)
    elif element.kind == "LI":
        element.kids = _item(element)
    else:
        element.kids = _gathered(element.kids, lambda kid: _is(kid, "LI"), "L")
        for kid in element.elements:
            if kid.kind in _ITEM_KIDS:
                kid.kind = "NonStruct"
    for kid in element.elements:
        _repair(kid)


def _items(holder: Element) -> list[Any]:
    """A list's kids: items and lists; anything else is an item."""
    flat: list[Any] = []
    for kid in holder.kids:
        if _is(kid, "Div", "NonStruct") and all(_is(below, *_LIST_KIDS) for below in kid.kids):
            flat += kid.kids
        else:
            flat.append(kid)
    bodies = _gathered(flat, lambda kid: not _is(kid, *_LIST_KIDS), "LBody")
    return [Element("LI", kids=[kid]) if _is(kid, "LBody") else kid for kid in bodies]


def _item(item: Element) -> list[Any]:
    """An item's kids: its label, then one body."""
    labels = [kid for kid in item.kids if _is(kid, "Lbl")] or _taken_label(item)
    others = [kid for kid in item.kids if not _is(kid, "Lbl")]
    if not others:
        return labels
    if len(others) == 1 and _is(others[0], "LBody"):
        return [*labels, others[0]]
    content = [below for kid in others for below in (kid.kids if _is(kid, "LBody") else [kid])]
    return [*labels, Element("LBody", kids=content)]


def _taken_label(item: Element) -> list[Element]:
    """The label that stands at the very beginning of an item's text, out of it."""
    holder = item
    while holder.kids and _is(first := holder.kids[0], "LBody", "NonStruct", "P", "Lbl"):
        if first.kind == "Lbl":
            holder.kids = holder.kids[1:]
            return [first]
        holder = first
    return []


def _gathered(kids: Iterable[Any], wanted: Callable[[Any], bool], kind: str) -> list[Any]:
    """Neighbours that are wanted, together in an element of that kind."""
    found: list[Any] = []
    made: Element | None = None
    for kid in kids:
        if not wanted(kid):
            made = None
            found.append(kid)
        elif made is None:
            made = Element(kind, kids=[kid])
            found.append(made)
        else:
            made.kids.append(kid)
    return found


def _is(kid: Any, *kinds: str) -> TypeGuard[Element]:
    return isinstance(kid, Element) and kid.kind in kinds


def _tables(document: Element, scopes: dict[int, str]) -> tuple[int, ...]:
    """Tables made regular; parts of tables outside them are no such parts."""
    lacking: list[int] = []
    for element in document.descendants():
        if element.kind == "Table":
            lacking += [cell.entry.number for cell in tables.regular(element, scopes)]
        for kid in element.elements:
            if kid.kind in _OF_TABLES and element.kind not in _HOLDING_CELLS:
                kid.kind = "NonStruct"
                kid.entry.pop("A", None)
    return tuple(lacking)


def _prune(element: Element) -> bool:
    """Takes out what holds nothing; whether there is anything in it."""
    element.kids = [kid for kid in element.kids if not isinstance(kid, Element) or _prune(kid)]
    if element.kids or element.kind in _KEPT_EMPTY:
        return True
    element.entry.clear()
    return False


def _order_headings(document: Element) -> None:
    """The first is an H1, and none skips a level: h3 after h1 becomes H2 (ISO 14289-1, 7.4.2)."""
    level = 0
    for element in document.descendants():
        if element.kind in _HEADINGS:
            level = min(int(element.kind[1:]), level + 1)
            element.kind = f"H{level}"
