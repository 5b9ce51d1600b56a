"""What a PDF shows and says, read by PDFium, which did not write it. Only the press's child reads.

Two documents that say the same in all of these parts are the same to whoever reads them.
"""

import hashlib
from collections.abc import Iterator
from ctypes import byref, c_int, c_ulong, create_string_buffer
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

SCALE = 100 / 72  # dots an inch, for one


def examined(pdf: bytes) -> dict[str, str]:
    """Its parts by name: title, bookmarks, and each page's text, structure, links and picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        parts = {
            "title": str(sorted(document.get_metadata_dict().items())),
            "bookmarks": str([(entry.level, entry.get_title()) for entry in document.get_toc()]),
        }
        for number, page in enumerate(document, start=1):
            text = page.get_textpage()
            parts[f"text of page {number}"] = text.get_text_bounded()
            parts[f"structure of page {number}"] = "\n".join(_structure(page))
            parts[f"links of page {number}"] = "\n".join(_links(document, page))
            picture = bytes(page.render(scale=SCALE).buffer)
            parts[f"picture of page {number}"] = hashlib.sha256(picture).hexdigest()
        return parts
    finally:
        document.close()


def _structure(page: Any) -> Iterator[str]:
    """One line an element of the structure tree: its depth, type, marks and words."""
    tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
    try:
        for index in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            yield from _element(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), 0)
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def _element(element: Any, depth: int) -> Iterator[str]:
    if not element:
        return
    marks = [
        pdfium.FPDF_StructElement_GetMarkedContentIdAtIndex(element, index)
        for index in range(pdfium.FPDF_StructElement_GetMarkedContentIdCount(element))
    ]
    words = [
        _string(read, element)
        for read in (
            pdfium.FPDF_StructElement_GetType,
            pdfium.FPDF_StructElement_GetAltText,
            pdfium.FPDF_StructElement_GetActualText,
            pdfium.FPDF_StructElement_GetLang,
        )
    ]
    yield f"{depth} {words} {marks}"
    for index in range(pdfium.FPDF_StructElement_CountChildren(element)):
        yield from _element(pdfium.FPDF_StructElement_GetChildAtIndex(element, index), depth + 1)


def _links(document: Any, page: Any) -> Iterator[str]:
    place, link = c_int(0), pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page.raw, byref(place), byref(link)):
        corners = pdfium.FS_RECTF()
        pdfium.FPDFLink_GetAnnotRect(link, byref(corners))
        where = [
            f"{side:.2f}" for side in (corners.left, corners.bottom, corners.right, corners.top)
        ]
        action = pdfium.FPDFLink_GetAction(link)
        length = pdfium.FPDFAction_GetURIPath(document.raw, action, None, 0)
        address = create_string_buffer(length)
        pdfium.FPDFAction_GetURIPath(document.raw, action, address, c_ulong(length))
        yield f"{where} {address.value.decode(errors='replace')}"


def _string(read: Any, element: Any) -> str:
    length = read(element, None, 0)
    buffer = create_string_buffer(length)
    read(element, buffer, c_ulong(length))
    return buffer.raw[: max(0, length - 2)].decode("utf-16-le", errors="replace")
