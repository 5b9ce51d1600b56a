"""What a certificate has that WeasyPrint does not write: signature field, attached data, fixes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pydyf

from services.certificates.engine.attachments import ATTENDANCE, BADGE, Attachment
from services.certificates.engine.compositor.typesetting import SetDocument

_SIGNATURE_LABEL = {
    "fr": "Signature électronique de l’organisateur",
    "en": "Electronic signature of the organiser",
}
POINTS = 0.75  # a CSS pixel in PDF points
PRINT, HIDDEN, LOCKED = 4, 2, 128  # annotation flags (ISO 32000-1, table 165)


@dataclass(frozen=True)
class Additions:
    """Object numbers of what was added."""

    attached: tuple[int, ...]  # attendance, then the badge where there is one
    signature: int
    permissions: int
    information: int
    metadata: int


def add(document: SetDocument, locale: str, producer: str, *, badge: bool) -> Additions:
    """Changes the document's objects in place; `badge`: one is attached."""
    pdf = document.pdf
    _forbid_interpolation(pdf)
    _print_annotations(pdf)
    # WeasyPrint writes the intent of its own variants; ours is PDF/A's (ISO 19005-3, 6.2.3).
    pdf.catalog["OutputIntents"][0]["S"] = "/GTS_PDFA1"
    _index_identifiers(pdf)
    _place_figures(pdf)
    attached = _attach(pdf, locale, (ATTENDANCE, BADGE) if badge else (ATTENDANCE,))
    signature, permissions = _add_signature_field(pdf, locale)
    metadata = _add(pdf, pydyf.Dictionary())
    pdf.catalog["Metadata"] = metadata.reference
    information = pydyf.Dictionary({"Producer": pydyf.String(producer)})
    if document.metadata.title:
        information["Title"] = pydyf.String(document.metadata.title)
    _add(pdf, information)
    return Additions(
        attached=attached,
        signature=signature,
        permissions=permissions,
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


def _attach(pdf: Any, locale: str, attachments: Sequence[Attachment]) -> tuple[int, ...]:
    """Associated files: file specifications, name tree (sorted by name), AF."""
    embedded, named = [], []
    for each in attachments:
        content = _add(pdf, pydyf.Dictionary())
        specification = pydyf.Dictionary(
            {
                "Type": "/Filespec",
                "F": pydyf.String(each.name),
                "UF": pydyf.String(each.name),
                "Desc": pydyf.String(each.label(locale)),
                "AFRelationship": f"/{each.relationship}",
                "EF": pydyf.Dictionary({"F": content.reference, "UF": content.reference}),
            }
        )
        named.append((each.name, _add(pdf, specification).reference))
        embedded.append(int(content.number))
    names = pdf.catalog.setdefault("Names", pydyf.Dictionary())
    pairs = [part for name, reference in sorted(named) for part in (pydyf.String(name), reference)]
    names["EmbeddedFiles"] = pydyf.Dictionary({"Names": pydyf.Array(pairs)})
    pdf.catalog["AF"] = pydyf.Array([reference for _, reference in named])
    return tuple(embedded)


def _add_signature_field(pdf: Any, locale: str) -> tuple[int, int]:
    """An invisible signature field, tagged as a form (ISO 14289-1, 7.18): its signature, and the
    permissions that may make it a certifying one (ISO 32000-1, 12.8.4). Both are written later.
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
    permissions = _add(pdf, pydyf.Dictionary())
    pdf.catalog["Perms"] = permissions.reference
    return int(signature.number), int(permissions.number)


def _add(pdf: Any, item: Any) -> Any:
    pdf.add_object(item)
    return item


def _referenced(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
