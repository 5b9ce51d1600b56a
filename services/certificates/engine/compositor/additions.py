"""What a certificate has that WeasyPrint does not write: signature field, attached data, fixes."""

from dataclasses import dataclass
from typing import Any

import pydyf

from services.certificates.engine.compositor.typesetting import SetDocument

ATTACHMENT_NAME = "attendance.json"
_SIGNATURE_LABEL = {
    "fr": "Signature électronique de l’organisateur",
    "en": "Electronic signature of the organiser",
}
_ATTACHMENT_LABEL = {
    "fr": "Données de présence, lisibles par une machine",
    "en": "Attendance data, machine-readable",
}
POINTS = 0.75  # a CSS pixel in PDF points
PRINT, HIDDEN, LOCKED = 4, 2, 128  # annotation flags (ISO 32000-1, table 165)


@dataclass(frozen=True)
class Additions:
    """Object numbers of what was added."""

    attachment: int
    signature: int
    information: int
    metadata: int


def add(document: SetDocument, locale: str, producer: str) -> Additions:
    """Changes the document's objects in place."""
    pdf = document.pdf
    _forbid_interpolation(pdf)
    _print_annotations(pdf)
    # WeasyPrint writes the intent of its own variants; ours is PDF/A's (ISO 19005-3, 6.2.3).
    pdf.catalog["OutputIntents"][0]["S"] = "/GTS_PDFA1"
    _index_identifiers(pdf)
    _place_figures(pdf)
    attachment = _add_attachment(pdf, locale)
    signature = _add_signature_field(pdf, locale)
    metadata = _add(pdf, pydyf.Dictionary())
    pdf.catalog["Metadata"] = metadata.reference
    information = pydyf.Dictionary({"Producer": pydyf.String(producer)})
    if document.metadata.title:
        information["Title"] = pydyf.String(document.metadata.title)
    _add(pdf, information)
    return Additions(
        attachment=attachment,
        signature=signature,
        information=information.number,
        metadata=metadata.number,
    )


def _forbid_interpolation(pdf: Any) -> None:
    """ISO 19005-3, 6.2.8: images shall not be interpolated; WeasyPrint asks for it."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.extra.get("Interpolate") == "true":
            item.extra["Interpolate"] = "false"


def _print_annotations(pdf: Any) -> None:
    """ISO 19005-3, 6.3.2: every annotation has the Print flag and is not hidden."""
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Type") == "/Annot":
            item["F"] = PRINT


def _index_identifiers(pdf: Any) -> None:
    """The tree by which a table's cells find their headers (ISO 32000-1, 14.7.2: IDTree)."""
    named: dict[str, Any] = {
        item["ID"].string: item.reference  # type: ignore[attr-defined]  # pydyf's dictionaries are objects too
        for item in pdf.objects
        if isinstance(item, dict) and item.get("Type") == "/StructElem" and "ID" in item
    }
    if named:
        pairs = [part for name in sorted(named) for part in (pydyf.String(name), named[name])]
        tree = _add(pdf, pydyf.Dictionary({"Names": pydyf.Array(pairs)}))
        _referenced(pdf, pdf.catalog["StructTreeRoot"])["IDTree"] = tree.reference


def _place_figures(pdf: Any) -> None:
    """A figure's BBox is in points from the page's lower left corner (ISO 32000-1, 14.8.5.4.3);
    WeasyPrint writes CSS pixels from the upper one."""
    for item in pdf.objects:
        if not isinstance(item, dict) or item.get("S") != "/Figure":
            continue
        height = _referenced(pdf, item["Pg"])["TrimBox"][3]
        left, top, right, bottom = (length * POINTS for length in item["A"]["BBox"])
        item["A"]["BBox"] = pydyf.Array([left, height - bottom, right, height - top])


def _add_attachment(pdf: Any, locale: str) -> int:
    """An associated file (ISO 19005-3, 6.8): file specification, relationship, name tree, AF."""
    embedded = _add(pdf, pydyf.Dictionary())
    specification = _add(
        pdf,
        pydyf.Dictionary(
            {
                "Type": "/Filespec",
                "F": pydyf.String(ATTACHMENT_NAME),
                "UF": pydyf.String(ATTACHMENT_NAME),
                "Desc": pydyf.String(_ATTACHMENT_LABEL.get(locale, _ATTACHMENT_LABEL["en"])),
                "AFRelationship": "/Data",
                "EF": pydyf.Dictionary({"F": embedded.reference, "UF": embedded.reference}),
            }
        ),
    )
    names = pdf.catalog.setdefault("Names", pydyf.Dictionary())
    names["EmbeddedFiles"] = pydyf.Dictionary(
        {"Names": pydyf.Array([pydyf.String(ATTACHMENT_NAME), specification.reference])}
    )
    pdf.catalog["AF"] = pydyf.Array([specification.reference])
    return int(embedded.number)


def _add_signature_field(pdf: Any, locale: str) -> int:
    """An invisible signature field, tagged as a form (ISO 14289-1, 7.18), certifying the document.

    Perms/DocMDP makes it a certification signature (ISO 32000-1, 12.8.4).
    """
    page_number = pdf.pages["Kids"][0]
    page = pdf.objects[page_number]
    tree_root = _referenced(pdf, pdf.catalog["StructTreeRoot"])
    document_element = _referenced(pdf, tree_root["K"][0])
    parent_tree = _referenced(pdf, tree_root["ParentTree"])
    key = max(parent_tree["Nums"][::2]) + 1

    signature = _add(pdf, pydyf.Dictionary())
    widget = _add(
        pdf,
        pydyf.Dictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Widget",
                "FT": "/Sig",
                "T": pydyf.String("Signature1"),
                "TU": pydyf.String(_SIGNATURE_LABEL.get(locale, _SIGNATURE_LABEL["en"])),
                "Rect": pydyf.Array([0, 0, 0, 0]),
                "F": PRINT | LOCKED,
                "P": page.reference,
                "V": signature.reference,
                "StructParent": key,
            }
        ),
    )
    object_reference = _add(
        pdf,
        pydyf.Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": page.reference}),
    )
    form = _add(
        pdf,
        pydyf.Dictionary(
            {
                "Type": "/StructElem",
                "S": "/Form",
                "K": pydyf.Array([object_reference.reference]),
                "Pg": page.reference,
                "P": document_element.reference,
            }
        ),
    )
    document_element["K"].append(form.reference)
    parent_tree["Nums"] += [key, form.reference]
    page.setdefault("Annots", pydyf.Array()).append(widget.reference)
    pdf.catalog["AcroForm"] = pydyf.Dictionary(
        {"Fields": pydyf.Array([widget.reference]), "SigFlags": 3}
    )
    pdf.catalog["Perms"] = pydyf.Dictionary({"DocMDP": signature.reference})
    return int(signature.number)


def _add(pdf: Any, item: Any) -> Any:
    pdf.add_object(item)
    return item


def _referenced(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
