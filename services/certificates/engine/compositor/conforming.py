"""What PDF/A-3a and PDF/UA-1 ask of a document beyond what WeasyPrint does, put right where it can
be. What cannot be is said, for the author of the design."""

import re
from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.formatting_structure import boxes

from services.certificates.engine.compositor import tagging
from services.certificates.engine.compositor.markup import line_of
from services.certificates.engine.compositor.typesetting import SetDocument, descendants
from services.certificates.engine.errors import Problem

_CMYK = re.compile(rb"/DeviceCMYK (cs|CS)")
_MARKED = re.compile(rb"/MCID (\d+)")
_SVG = "{http://www.w3.org/2000/svg}"
_ALLOWED_LINKS = ("http:", "https:", "mailto:", "tel:")
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")  # RFC 3066, as ISO 14289-1 asks
_SMALLEST_PAGE = 3  # points (ISO 19005-3, 6.1.13)


def conform(document: SetDocument) -> None:
    """Changes the document's objects and the pages' operators; adds to its problems."""
    pdf, problems = document.pdf, document.problems
    pictures = dict(_pictures(document))
    cells = {
        box.mark.number: box.element
        for page in document.pages
        for box in descendants(page.box)
        if hasattr(box, "mark")  # WeasyPrint's own note on a cell: its structure element
    }
    scopes = {number: element.get("scope", "") for number, element in cells.items()}
    tagged = tagging.put_right(pdf, pictures, scopes)
    for number in tagged.without_header:
        message = "this cell has no header: give its column or its row a <th>"
        problems.append(Problem("html", message, line_of(cells[number])))
    problems += _of_annotations(document)
    problems += _of_pages(document)
    for operators, page, form in _streams(document):
        _without_cmyk(operators)
        mine = {
            mark.number
            for mark in tagged.ornaments
            if mark.form == form and page in (b"", mark.page)
        }
        _make_ornaments(operators, mine)
    _language(document)


def _pictures(document: SetDocument) -> Iterator[tuple[tagging.Place, str]]:
    """The text that stands for each picture; empty for an ornament."""
    for reference, page in zip(document.pdf.page_references, document.pages, strict=True):
        for box, mark in page.marks.items():
            tag = box.element_tag or "::margin"
            if not isinstance(box, boxes.ReplacedBox) or tag.endswith("::marker"):
                continue
            text = "" if "::" in tag else _text_of(box.element)
            if text is None:
                name = box.element.tag.removeprefix(_SVG)
                document.problems.append(
                    Problem("html", _WITHOUT_TEXT.format(name), line_of(box.element))
                )
            yield (reference, mark), text or ""


_WITHOUT_TEXT = (
    '<{0}> has no text for those who do not see it: say what it shows, alt="…" on an <img> or '
    '<title> in an <svg>, or alt="" (aria-hidden="true" on an <svg>) if it is an ornament'
)


def _text_of(element: Any) -> str | None:
    """None where nothing is said of it, or cannot be."""
    if element.tag not in ("img", f"{_SVG}svg"):
        return None
    hidden = element.get("aria-hidden") == "true"
    if hidden or element.get("role") in ("presentation", "none"):
        return ""
    said = [element.get(name) for name in ("alt", "aria-label", "title")]
    if element.tag == f"{_SVG}svg":
        said += [element.findtext(f"{_SVG}{name}") for name in ("title", "desc")]
    told = [text.strip() for text in said if text is not None]
    return next((text for text in told if text), "" if told else None)


def _of_annotations(document: SetDocument) -> Iterator[Problem]:
    """What is more than paper: links to other things than pages, controls, files."""
    for page in document.pages:
        for box in descendants(page.box):
            message = _unwanted(box)
            if message is not None and box.element is not None:
                yield Problem("html", message, line_of(box.element))


def _unwanted(box: Any) -> str | None:
    if box.widget_annotation is not None:
        return f"<{box.element.tag}> cannot be filled in on a certificate: leave out its appearance"
    if box.link and box.is_attachment():
        return 'a design attaches no file to a certificate: leave out rel="attachment"'
    if box.link_annotation is None or "A" not in box.link_annotation:
        return None
    target = box.link_annotation["A"]["URI"].string
    if target.lower().startswith(_ALLOWED_LINKS):
        return None
    shown = target.removeprefix("asset:")[:60]
    return f"a link leads to {shown!r}: only https, http, mailto and tel can be opened"


def _of_pages(document: SetDocument) -> Iterator[Problem]:
    for reference in document.pdf.page_references:
        page = document.pdf.objects[int(reference.split()[0])]
        left, bottom, right, top = page["MediaBox"]
        if min(right - left, top - bottom) < _SMALLEST_PAGE:
            yield Problem("css", "a page is smaller than 1 mm: no PDF may be")


def _streams(document: SetDocument) -> Iterator[tuple[list[Any], bytes, bytes]]:
    """Each list of operators: with its page, or with the form or pattern that it is of."""
    of_pages = [page.stream for page in document.pages]
    for reference, page in zip(document.pdf.page_references, document.pages, strict=True):
        yield page.operators, reference, b""
    for item in document.pdf.objects:
        if isinstance(item, pydyf.Stream) and "Resources" in item.extra and item not in of_pages:
            yield item.stream, b"", item.reference


def _without_cmyk(operators: list[Any]) -> None:
    """The file's colours are sRGB: device-cmyk() becomes what CSS says it is there."""
    for index, operator in enumerate(operators):
        space = _CMYK.fullmatch(operator) if isinstance(operator, bytes) else None
        if space is None:
            continue
        cyan, magenta, yellow, black, command = operators[index + 1].split()
        rest = 1 - float(black)
        channels = [(1 - float(ink)) * rest for ink in (cyan, magenta, yellow)]
        operators[index] = b"/DeviceRGB " + space[1]
        numbers = b" ".join(b"%.4f" % channel for channel in channels)
        operators[index + 1] = numbers + b" " + command


def _make_ornaments(operators: list[Any], numbers: set[int]) -> None:
    """What is in no element is an artifact (ISO 14289-1, 7.1); no operator changes its place."""
    if not numbers:
        return
    for index, operator in enumerate(operators):
        if operator == b"BDC" and _number(operators[index - 1]) in numbers:
            operators[index - 2 : index + 1] = [b"/Artifact", b"", b"BMC"]


def _number(properties: Any) -> int | None:
    if isinstance(properties, dict):
        return properties.get("MCID")
    found = _MARKED.search(properties)
    return int(found[1]) if found else None


def _language(document: SetDocument) -> None:
    """`fr_FR` is written fr-FR; what is no language is said."""
    told = document.metadata.lang or ""
    language = told.strip().replace("_", "-")
    if _LANGUAGE.fullmatch(language):
        document.pdf.catalog["Lang"] = pydyf.String(language)
    elif language:
        message = f"<html lang> is {told!r}: that is no language; fr or en is"
        document.problems.append(Problem("html", message, 1))
