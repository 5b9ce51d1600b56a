"""What is attached to a document: named, described and checked as PDF/A-3 wants it."""

import hashlib

import pikepdf

# Name, relationship and MIME type of what is attached.
ATTACHED = {
    "attendance.json": ("/Data", "/application/json"),
    "openbadge.json": ("/Supplement", "/application/vc"),
}


def data_attached(pdf: pikepdf.Pdf) -> None:
    """Embedded files have MIME type, names, relationship, and are associated (19005-3, 6.8)."""
    associated = list(pdf.Root.get("/AF", []))
    assert associated, "no associated file"
    assert {str(each.F) for each in associated} == ATTACHED.keys(), "what is attached"
    for specification in associated:
        relationship, mime = ATTACHED[str(specification.F)]
        assert str(specification.AFRelationship) == relationship, "relationship"
        assert str(specification.UF) == str(specification.F), "file names"
        embedded = specification.EF.F
        assert str(embedded.Subtype) == mime, "MIME type"
        data = embedded.read_bytes()
        assert int(embedded.Params.Size) == len(data), "attachment's size"
        checksum = hashlib.md5(data, usedforsecurity=False).digest()
        assert bytes(embedded.Params.CheckSum) == checksum, "attachment's checksum"
