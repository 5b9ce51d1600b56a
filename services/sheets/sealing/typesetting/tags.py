"""The structure of a document: what each mark on a page is, and in which order it is read."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.documents.pdfsyntax import text_string


@dataclass(eq=False)
class Element:
    """A structure element (ISO 32000-1, 14.7.2). `kids` are elements, marks (page, number), or the
    whole object reference of an annotation. `attributes` is one attribute object, written."""

    role: str
    parent: "Element | None" = None
    attributes: bytes = b""
    alternative: str = ""
    actual: str = ""
    kids: list["Element | tuple[int, int] | bytes"] = field(default_factory=list)
    page: int | None = None

    def add(self, role: str, attributes: bytes = b"") -> "Element":
        made = Element(role, self, attributes)
        self.kids.append(made)
        return made

    def elements(self) -> Iterator["Element"]:
        """Itself and all below, in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.elements()


COLUMN_HEAD = b"<</O/Table/Scope/Column>>"
ROW_HEAD = b"<</O/Table/Scope/Row>>"


def written(element: Element, numbers: dict[Element, int], parent: int, pages: list[int]) -> bytes:
    """The element's dictionary; `numbers` are of all elements, `pages` of the page objects."""
    parts = [b"<</Type/StructElem/S/%s/P %d 0 R" % (element.role.encode(), parent)]
    if element.page is not None:
        parts.append(b"/Pg %d 0 R" % pages[element.page])
    if element.attributes:
        parts.append(b"/A " + element.attributes)
    if element.alternative:
        parts.append(b"/Alt " + text_string(element.alternative))
    if element.actual:
        parts.append(b"/ActualText " + text_string(element.actual))
    parts.append(
        b"/K[%s]>>" % b" ".join(_kid(kid, element, numbers, pages) for kid in element.kids)
    )
    return b"".join(parts)


def _kid(
    kid: "Element | tuple[int, int] | bytes",
    element: Element,
    numbers: dict[Element, int],
    pages: list[int],
) -> bytes:
    if isinstance(kid, bytes):
        return kid
    if isinstance(kid, Element):
        return b"%d 0 R" % numbers[kid]
    page, mark = kid
    if page == element.page:
        return b"%d" % mark
    return b"<</Type/MCR/Pg %d 0 R/MCID %d>>" % (pages[page], mark)
