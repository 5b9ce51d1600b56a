"""Structural assertions on a certificate: what PDF/A-3a and PDF/UA-1 ask that can be read off.

Not a validator of either standard; each rule here has a test that breaks a file and sees it fail.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pikepdf
import uharfbuzz

from tests.certificates.engine.pdf_attachments import data_attached

PRINT, HIDDEN, INVISIBLE, NO_VIEW = 4, 2, 1, 32
_XMP = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


def check_structure(data: bytes) -> None:
    """Every rule, in turn; AssertionError names the one that is broken."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for rule in RULES:
            rule(pdf)


def marked_and_titled(pdf: pikepdf.Pdf) -> None:
    assert bool(pdf.Root.MarkInfo.Marked), "MarkInfo"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle), "DisplayDocTitle"
    assert re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", str(pdf.Root.get("/Lang", ""))), "Lang"
    assert str(pdf.docinfo.get("/Title", "")), "Title"


def identified(pdf: pikepdf.Pdf) -> None:
    packet = ET.fromstring(pdf.Root.Metadata.read_bytes())  # noqa: S314 # our own file
    description = packet.find(".//rdf:Description", _XMP)
    said = {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
    for name, value in said.items():
        prefix, _, local = name.partition(":")
        assert description.get(f"{{{_XMP[prefix]}}}{local}") == value, f"XMP {name}"
    assert len(pdf.trailer.ID) == 2, "file identifier"


def with_output_intent(pdf: pikepdf.Pdf) -> None:
    intents: Any = pdf.Root.get("/OutputIntents", [])
    assert [str(intent.S) for intent in intents] == ["/GTS_PDFA1"], "output intent"
    assert intents[0].DestOutputProfile.read_bytes()[36:40] == b"acsp", "ICC profile"


def every_mark_in_the_parent_tree(pdf: pikepdf.Pdf) -> None:
    """Each MCID of each page leads to an element that leads back to it; an artifact has none."""
    tree = _parent_tree(pdf)
    for page in pdf.pages:
        marks = [int(match) for match in re.findall(rb"/MCID (\d+)", page.Contents.read_bytes())]
        parents = tree[int(page.obj.StructParents)]
        placed = [mark for mark, parent in enumerate(parents) if parent is not None]
        assert sorted(marks) == placed, "MCID missing from the parent tree"
        for mark in marks:
            kids = _kids(parents[mark])
            assert mark in [kid for kid in kids if isinstance(kid, int)], "parent tree is wrong"


def every_element_reachable(pdf: pikepdf.Pdf) -> None:
    """Marked content of the body belongs to elements of the document's tree, each with a role."""
    reached = {element.objgen for element in _elements(pdf)}
    for element in _elements(pdf):
        assert str(element.S).startswith("/"), "structure element without a role"
        assert element.P.objgen in reached or str(element.S) == "/Document", "parent"


def everything_marked(pdf: pikepdf.Pdf) -> None:
    """No text or image is drawn outside marked content or an artifact (ISO 14289-1, 7.1)."""
    for page in pdf.pages:
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(page):  # type: ignore[misc]  # it unpacks
            name = str(operator)
            if name in ("BDC", "BMC"):
                depth += 1
            elif name == "EMC":
                depth -= 1
            elif name in ("TJ", "Tj", "Do", "f", "S", "B", "f*"):
                assert depth > 0, f"{name} {operands} is neither content nor artifact"


def figures_described(pdf: pikepdf.Pdf) -> None:
    for element in _elements(pdf):
        if str(element.S) == "/Figure":
            assert str(element.get("/Alt", "")), "figure without alternative text"
            box = [float(side) for side in element.A.get("/BBox", [])]
            assert len(box) == 4, "figure without a bounding box"
            (left, bottom, right, top), page = box, [float(side) for side in element.Pg.MediaBox]
            across, down = page[0] <= left < right <= page[2], page[1] <= bottom < top <= page[3]
            assert across and down, "bounding box outside the page"  # noqa: PT018 # one rule


def annotations_printed_and_tagged(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", []):
            flags = int(annotation.get("/F", 0))
            assert flags & PRINT, "annotation without the Print flag"
            assert not flags & (HIDDEN | INVISIBLE | NO_VIEW), "hidden annotation"
            assert "/StructParent" in annotation, "annotation outside the tag tree"
            described = "/Contents" in annotation or "/TU" in annotation
            assert described, "annotation without a description"
        if "/Annots" in page.obj:
            assert str(page.obj.Tabs) == "/S", "tab order"


def annotations_lead_to_their_elements(pdf: pikepdf.Pdf) -> None:
    """Each annotation is the object of a Link or Form element (ISO 14289-1, 7.18)."""
    tree = _parent_tree(pdf)
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", []):
            element = tree[int(annotation.StructParent)]
            expected = "/Form" if annotation.Subtype == "/Widget" else "/Link"
            assert str(element.S) == expected, "annotation in another element"
            objects = [kid.Obj.objgen for kid in _kids(element) if "/Obj" in _entries(kid)]
            assert annotation.objgen in objects, "annotation unknown to its element"


def cells_find_their_headers(pdf: pikepdf.Pdf) -> None:
    """Identifiers are unique, and indexed (ISO 32000-1, 14.7.2); cells name existing ones."""
    elements = list(_elements(pdf))
    given = [bytes(element.ID) for element in elements if "/ID" in element]
    tree: Any = pdf.Root.StructTreeRoot.get("/IDTree", {})
    names = list(tree.get("/Names", []))
    assert sorted(given) == [bytes(name) for name in names[::2]], "identifiers not indexed"
    for element in elements:
        if str(element.S) == "/TD":
            headers = [bytes(name) for name in element.A.get("/Headers", [])]
            assert headers, "cell without a header"
            assert set(headers) <= set(given), "header that does not exist"


def headings_in_order(pdf: pikepdf.Pdf) -> None:
    """The first is H1, and no level is skipped going down (ISO 14289-1, 7.4.2)."""
    deepest = 0
    for element in reversed(list(_elements(pdf))):
        match = re.fullmatch(r"/H([1-6])", str(element.S))
        if match:
            assert int(match.group(1)) <= deepest + 1, "heading level skipped"
            deepest = int(match.group(1))


def fonts_embedded(pdf: pikepdf.Pdf) -> None:
    """Every font is embedded, maps to Unicode, and has a width for each glyph it shows."""
    for font in _fonts(pdf):
        assert "/ToUnicode" in font, "font without ToUnicode"
        mapped = re.findall(rb"^<([0-9a-f]{4})> <", font.ToUnicode.read_bytes(), re.MULTILINE)
        assert mapped, "empty ToUnicode"
        if str(font.Subtype) == "/Type3":
            continue
        descendant = font.DescendantFonts[0]
        descriptor = descendant.FontDescriptor
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor, "font not embedded"
        assert descendant.get("/CIDToGIDMap") == pikepdf.Name.Identity, "CIDToGIDMap"


def widths_of_the_programs(pdf: pikepdf.Pdf) -> None:
    """W says what the embedded program says, for glyphs that it draws (ISO 19005-3, 6.2.11.5)."""
    for font in _fonts(pdf):
        if (
            str(font.Subtype) == "/Type3"
            or "/FontFile2" not in font.DescendantFonts[0].FontDescriptor
        ):
            continue
        descendant = font.DescendantFonts[0]
        program = uharfbuzz.Face(descendant.FontDescriptor.FontFile2.read_bytes())
        drawn = uharfbuzz.Font(program)
        mapped = re.findall(
            # Not the code space range, <0000> <ffff>.
            rb"^<(?!0000)([0-9a-f]{4})> <([0-9a-f]*)>",
            font.ToUnicode.read_bytes(),
            re.MULTILINE,
        )
        widths = _widths(descendant.W)
        for glyph, text in ((int(one, 16), bytes.fromhex(two.decode())) for one, two in mapped):
            advance = drawn.get_glyph_h_advance(glyph) * 1000 / program.upem
            assert abs(widths.get(glyph, 1000) - advance) <= 1, "width that is not the program's"
            if not text.decode("utf-16-be").isspace():
                extents = drawn.get_glyph_extents(glyph)
                assert extents, "glyph without an outline"
                assert extents.width, "glyph without an outline"


def every_glyph_mapped(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        fonts = page.obj.Resources.Font
        mapped: dict[str, set[bytes]] = {}
        current = ""
        for operands, operator in pikepdf.parse_content_stream(page):  # type: ignore[misc]  # it unpacks
            if str(operator) == "Tf":
                current = str(operands[0])
                if current not in mapped:
                    cmap = fonts[current].ToUnicode.read_bytes()
                    mapped[current] = set(re.findall(rb"^<([0-9a-f]{4})>", cmap, re.MULTILINE))
            elif str(operator) == "TJ":
                for text in operands[0]:
                    if isinstance(text, pikepdf.String):
                        shown = bytes(text).hex()
                        for start in range(0, len(shown), 4):
                            glyph = shown[start : start + 4].encode()
                            assert glyph in mapped[current], "glyph without a character"
                            assert glyph != b"0000", "missing glyph shown"


def images_not_interpolated(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image":
            assert item.get("/Interpolate", False) is False, "interpolated image"


def no_active_content(pdf: pikepdf.Pdf) -> None:
    """ISO 19005-3, 6.5: no scripts, no launching, no encryption."""
    assert not pdf.is_encrypted, "encrypted"
    for name in ("/OpenAction", "/AA"):
        assert name not in pdf.Root, name
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary):
            assert item.get("/S") not in ("/JavaScript", "/Launch"), "script"


RULES = (
    marked_and_titled,
    identified,
    with_output_intent,
    every_mark_in_the_parent_tree,
    every_element_reachable,
    everything_marked,
    figures_described,
    annotations_printed_and_tagged,
    annotations_lead_to_their_elements,
    cells_find_their_headers,
    headings_in_order,
    fonts_embedded,
    every_glyph_mapped,
    widths_of_the_programs,
    images_not_interpolated,
    data_attached,
    no_active_content,
)


def _parent_tree(pdf: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    return dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))


def _widths(array: pikepdf.Object) -> dict[int, float]:
    """The W array of a CIDFont (ISO 32000-1, 9.7.4.3), of the form `first [width …]`."""
    parts = list(array)
    return {
        int(first) + index: float(width)
        for first, run in zip(parts[::2], parts[1::2], strict=True)
        for index, width in enumerate(run)
    }


def _entries(kid: pikepdf.Object) -> pikepdf.Object | dict:
    return kid if isinstance(kid, pikepdf.Dictionary) else {}


def _kids(element: pikepdf.Object) -> list:
    kids: Any = element.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _elements(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    pending = _kids(pdf.Root.StructTreeRoot)
    while pending:
        element = pending.pop()
        if isinstance(element, pikepdf.Dictionary) and "/S" in element:
            yield element
            pending += _kids(element)


def _fonts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for item in pdf.objects:
        is_font = isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
        if is_font and str(item.Subtype) in ("/Type0", "/Type3"):
            yield item
