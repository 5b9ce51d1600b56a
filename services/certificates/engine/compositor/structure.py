"""A document's structure tree (ISO 32000-1, 14.7), read from its objects to be put right."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import pydyf


@dataclass(frozen=True)
class Mark:
    """A marked-content sequence: its number on its page, and the form that draws it, if any."""

    page: bytes  # reference
    number: int
    form: bytes = b""  # reference


@dataclass(frozen=True)
class Annotation:
    """An annotation that stands in the tree, by the reference to it (OBJR)."""

    reference: bytes
    entry: Any  # the annotation's dictionary


@dataclass(eq=False)
class Element:
    """One structure element. What changes here is written by `Structure.write`."""

    kind: str  # "Table", "LI", …
    entry: Any = field(default_factory=pydyf.Dictionary)
    kids: "list[Element | Mark | Annotation]" = field(default_factory=list)

    @property
    def elements(self) -> "list[Element]":
        """The kids that are elements."""
        return [kid for kid in self.kids if isinstance(kid, Element)]

    def descendants(self) -> "Iterator[Element]":
        """Itself and all elements below it, in reading order."""
        yield self
        for kid in self.elements:
            yield from kid.descendants()

    def parents(self) -> "dict[Element, Element]":
        """The parent of each element below."""
        return {kid: element for element in self.descendants() for kid in element.elements}


class Structure:
    """The tree of one document."""

    def __init__(self, pdf: Any, forms: dict[tuple[bytes, int], bytes]) -> None:
        """`forms` says which form draws a mark that is not in its page's own stream."""
        self._pdf = pdf
        self._forms = forms
        self._root = _referenced(pdf, pdf.catalog["StructTreeRoot"])
        self._seen: dict[int, Element] = {}
        self.document = self._read(_referenced(pdf, self._root["K"][0]))
        self.outside = self._read_outside()
        self._adopt()

    @classmethod
    def of(cls, pdf: Any) -> Self:
        """The tree of a document that WeasyPrint has finished."""
        return cls(pdf, _marks_in_forms(pdf))

    def write(self) -> None:
        """Puts the tree into the document's objects, and the way back from content to elements."""
        for element in list(self.document.descendants()):
            if "Type" not in element.entry:
                element.entry["Type"] = "/StructElem"
                self._pdf.add_object(element.entry)
            element.entry["S"] = f"/{element.kind}"
            page = element.entry.get("Pg") or _page_of(element)
            if page:
                element.entry["Pg"] = page
        for element in self.document.descendants():
            element.entry["K"] = pydyf.Array([_kid(element, kid) for kid in element.kids])
            for below in element.elements:
                below.entry["P"] = element.entry.reference
        self._write_ways_back()

    def _write_ways_back(self) -> None:
        """The parent tree (ISO 32000-1, 14.7.4.4): pages first, then annotations, then forms."""
        owners: dict[Mark, Element] = {}
        annotated: list[tuple[Annotation, Element]] = []
        for element in self.document.descendants():
            owners |= {kid: element for kid in element.kids if isinstance(kid, Mark)}
            annotated += [(kid, element) for kid in element.kids if isinstance(kid, Annotation)]
        self._leave_out(annotated)
        ways = [_of_content(owners, page, b"") for page in self._pdf.page_references]
        for annotation, element in annotated:
            annotation.entry["StructParent"] = len(ways)
            ways.append(element.entry.reference)
        for page, form in dict.fromkeys((page, form) for (page, _), form in self._forms.items()):
            _referenced(self._pdf, form).extra["StructParents"] = len(ways)
            ways.append(_of_content(owners, page, form))
        numbered = [part for pair in enumerate(ways) for part in pair]
        _referenced(self._pdf, self._root["ParentTree"])["Nums"] = pydyf.Array(numbered)

    def _read(self, entry: Any) -> Element:
        element = self._seen[entry.number] = Element(entry["S"][1:], entry)
        for kid in entry["K"]:
            if isinstance(kid, int):
                page = entry["Pg"]
                element.kids.append(Mark(page, kid, self._forms.get((page, kid), b"")))
                continue
            found = _referenced(self._pdf, kid)
            if found.get("Type") == "/OBJR":
                annotation = _referenced(self._pdf, found["Obj"])
                element.kids.append(Annotation(kid, annotation))
            else:
                element.kids.append(self._read(found))
        return element

    def _read_outside(self) -> list[Element]:
        """Elements that nothing holds: what stands in the margins of pages."""
        document = self.document.entry.reference
        return [
            self._read(item)
            for item in list(self._pdf.objects)
            if isinstance(item, dict)
            and item.get("Type") == "/StructElem"
            and item["P"] == document
            and item.number not in self._seen  # type: ignore[attr-defined] # pydyf's dictionaries are objects too
        ]

    def _adopt(self) -> None:
        """Elements that their parent does not hold, though they name it."""
        for item in list(self._pdf.objects):
            if not isinstance(item, dict) or item.get("Type") != "/StructElem":
                continue
            parent = self._seen.get(int(item["P"].split()[0]))
            if parent is not None and item.number not in self._seen:  # type: ignore[attr-defined] # as above
                parent.kids.append(self._read(item))

    def _leave_out(self, annotated: list[tuple[Annotation, Element]]) -> None:
        """Links that are in no element lead from nothing that is seen."""
        held = {annotation.entry.number for annotation, _ in annotated}
        for reference in self._pdf.page_references:
            page = _referenced(self._pdf, reference)
            if "Annots" in page:
                page["Annots"] = pydyf.Array(
                    each for each in page["Annots"] if int(each.split()[0]) in held
                )


def _kid(element: Element, kid: Element | Mark | Annotation) -> Any:
    """A kid as its parent's K says it (ISO 32000-1, 14.7.4)."""
    if isinstance(kid, Element):
        return kid.entry.reference
    if isinstance(kid, Annotation):
        return kid.reference
    if not kid.form and kid.page == element.entry.get("Pg"):
        return kid.number
    told = pydyf.Dictionary({"Type": "/MCR", "Pg": kid.page, "MCID": kid.number})
    if kid.form:
        told["Stm"] = kid.form
    return told


def _page_of(element: Element) -> bytes | None:
    """The page of the first content in it."""
    marks = (kid for below in element.descendants() for kid in below.kids)
    return next((kid.page for kid in marks if isinstance(kid, Mark)), None)


def _of_content(owners: dict[Mark, Element], page: bytes, form: bytes) -> pydyf.Array:
    """The elements of a stream's marks by number; null where a number is an artifact's now."""
    mine = {
        mark.number: owner.entry.reference
        for mark, owner in owners.items()
        if mark.page == page and mark.form == form
    }
    return pydyf.Array([mine.get(number, "null") for number in range(max(mine, default=-1) + 1)])


def _marks_in_forms(pdf: Any) -> dict[tuple[bytes, int], bytes]:
    """What is drawn through forms (opacity), by page and number.

    All pages have the same resources: of whom a form is says the stream that draws it.
    """
    found: dict[tuple[bytes, int], bytes] = {}

    def look(page: bytes, stream: list[Any], resources: Any) -> None:
        forms = resources.get("XObject") or {}
        for name in _drawn(stream):
            form = _referenced(pdf, forms[name])
            if form.extra.get("Subtype") != "/Form":
                continue
            for item in form.stream:
                if isinstance(item, dict) and "MCID" in item:
                    found[page, item["MCID"]] = forms[name]
            look(page, form.stream, _resolved(pdf, form.extra["Resources"]))

    for reference in pdf.page_references:
        page = _referenced(pdf, reference)
        content = _referenced(pdf, page["Contents"]).stream
        look(reference, content, _resolved(pdf, page["Resources"]))
    return found


def _drawn(stream: list[Any]) -> Iterator[str]:
    """The names of the objects that a content stream draws."""
    for item in stream:
        if isinstance(item, bytes) and item.endswith(b" Do"):
            yield item[1:-3].decode()


def _resolved(pdf: Any, item: Any) -> Any:
    return _referenced(pdf, item) if isinstance(item, bytes) else item


def _referenced(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
