"""The finished file: rules of PDF/A-3a and PDF/UA-1 that hold, and that can be seen to fail."""

import io
import json
import subprocess

import pikepdf
import pytest

from services.certificates.engine import sample
from tests.certificates.engine import pdf_structure


@pytest.fixture(scope="module")
def fast(compiled, signer) -> bytes:
    made = compiled.render(sample(), signer)
    assert made.path == "fast", made.reason
    return made.pdf


@pytest.fixture(scope="module")
def full(compiled, signer) -> bytes:
    return compiled.render_full(sample(), signer).pdf


@pytest.mark.parametrize("path", ["fast", "full"])
def test_structure_of_both_paths(path, request):
    pdf_structure.check_structure(request.getfixturevalue(path))


@pytest.mark.parametrize("path", ["fast", "full"])
def test_qpdf_finds_nothing(path, request, tmp_path):
    file = tmp_path / "certificate.pdf"
    file.write_bytes(request.getfixturevalue(path))
    checked = subprocess.run(  # a fixed command on our own file
        ["qpdf", "--check", file],  # noqa: S607 # wherever the system keeps it
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_hard_names_keep_the_structure(compiled, signer):
    for holder in ("יהודה עמיחי", "محمد", "Q̃uechua", "Γιώργος", "ไพศาล"):
        pdf_structure.check_structure(compiled.render(sample(holder=holder), signer).pdf)


def test_attached_data_says_what_the_page_says(fast):
    with pikepdf.open(io.BytesIO(fast)) as pdf:
        data = json.loads(pdf.Root.AF[0].EF.F.read_bytes())
    values = sample()
    assert data["holder"]["name"] == values.holder
    assert data["code"] == values.code
    assert data["minutes"] == values.minutes
    assert [session["title"] for session in data["sessions"]] == [
        session.title for session in values.sessions
    ]


def _interpolate(pdf):
    pixel = pdf.make_stream(b"\0", Subtype=pikepdf.Name.Image, Interpolate=True)
    pdf.pages[0].Resources.XObject["/Pixel"] = pixel


def _displace(pdf):
    """As WeasyPrint writes it: in CSS pixels from the top."""
    box = _figure(pdf).A.BBox
    _figure(pdf).A.BBox = [float(side) / 0.75 for side in box]


def _figure(pdf):
    return next(
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
    )


def _font(pdf):
    return next(
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/Type0"
    )


def _cut(pdf, old: bytes, new: bytes):
    page = pdf.pages[0]
    content = page.Contents.read_bytes()
    assert old in content
    page.Contents = pdf.make_stream(content.replace(old, new, 1))


def _forget_parents(pdf):
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    numbers[1] = pikepdf.Array(list(numbers[1])[:-1])


def _empty_cmap(pdf):
    font = _font(pdf)
    cmap = font.ToUnicode.read_bytes()
    lines = [line for line in cmap.split(b"\n") if not line.startswith(b"<")]
    font.ToUnicode.write(b"\n".join([*lines, b"<fffe> <0041>"]))


def _change_xmp(old: bytes, new: bytes):
    def change(pdf):
        packet = pdf.Root.Metadata.read_bytes()
        assert old in packet
        pdf.Root.Metadata.write(packet.replace(old, new))

    return change


def _element(role: str):
    def find(pdf):
        return next(
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == role
        )

    return find


def _wider(pdf):
    widths = _font(pdf).DescendantFonts[0].W
    widths[1] = pikepdf.Array([int(widths[1][0]) + 40, *list(widths[1])[1:]])


def _other_program(pdf):
    """One font's file in place of another's: glyphs that it does not have."""
    fonts = [
        item.DescendantFonts[0].FontDescriptor
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/Type0"
    ]
    fonts[0].FontFile2, fonts[1].FontFile2 = fonts[1].FontFile2, fonts[0].FontFile2


BREAKAGES = {
    "DisplayDocTitle": lambda pdf: pdf.Root.ViewerPreferences.__setitem__(
        "/DisplayDocTitle", False
    ),
    "ICC profile": lambda pdf: pdf.Root.OutputIntents[0].DestOutputProfile.write(b"x" * 200),
    "parent tree is wrong": lambda pdf: pdf.Root.StructTreeRoot.ParentTree.Nums[1].reverse(),
    "tab order": lambda pdf: pdf.pages[0].obj.__setitem__("/Tabs", pikepdf.Name.R),
    "bounding box": lambda pdf: _figure(pdf).A.__delitem__("/BBox"),
    "without a description": lambda pdf: pdf.pages[0].Annots[0].__delitem__("/Contents"),
    "in another element": lambda pdf: _element("/Link")(pdf).__setitem__("/S", pikepdf.Name.Span),
    "unknown to its element": lambda pdf: _element("/Form")(pdf).__setitem__(
        "/K", pikepdf.Array([])
    ),
    "identifiers not indexed": lambda pdf: pdf.Root.StructTreeRoot.__delitem__("/IDTree"),
    "cell without a header": lambda pdf: _element("/TD")(pdf).A.__delitem__("/Headers"),
    "header that does not exist": lambda pdf: _element("/TD")(pdf).A.__setitem__(
        "/Headers", pikepdf.Array([pikepdf.String("absent")])
    ),
    "heading level skipped": lambda pdf: _element("/H1")(pdf).__setitem__("/S", pikepdf.Name.H3),
    "CIDToGIDMap": lambda pdf: _font(pdf).DescendantFonts[0].__delitem__("/CIDToGIDMap"),
    "width that is not the program's|glyph without an outline": _other_program,
    "width that is not the program's": _wider,
    "MarkInfo": lambda pdf: pdf.Root.MarkInfo.__setitem__("/Marked", False),
    "Lang": lambda pdf: pdf.Root.__delitem__("/Lang"),
    "Title": lambda pdf: pdf.docinfo.__delitem__("/Title"),
    "XMP pdfaid:part": _change_xmp(b'pdfaid:part="3"', b'pdfaid:part="2"'),
    "XMP pdfaid:conformance": _change_xmp(b'conformance="A"', b'conformance="B"'),
    "XMP pdfuaid:part": _change_xmp(b'pdfuaid:part="1"', b""),
    "output intent": lambda pdf: pdf.Root.__delitem__("/OutputIntents"),
    "MCID missing from the parent tree": _forget_parents,
    "is neither content nor artifact": lambda pdf: _cut(pdf, b"BT", b"EMC\nBT"),
    "bounding box outside the page": _displace,
    "alternative text": lambda pdf: _figure(pdf).__delitem__("/Alt"),
    "without the Print flag": lambda pdf: pdf.pages[0].Annots[0].__setitem__("/F", 0),
    "outside the tag tree": lambda pdf: pdf.pages[0].Annots[0].__delitem__("/StructParent"),
    "font without ToUnicode": lambda pdf: _font(pdf).__delitem__("/ToUnicode"),
    "font not embedded": lambda pdf: (
        _font(pdf).DescendantFonts[0].FontDescriptor.__delitem__("/FontFile2")
    ),
    "glyph without a character": _empty_cmap,
    "interpolated image": _interpolate,
    "no associated file": lambda pdf: pdf.Root.__delitem__("/AF"),
    "relationship": lambda pdf: pdf.Root.AF[0].__setitem__("/AFRelationship", pikepdf.Name.Source),
    "MIME type": lambda pdf: pdf.Root.AF[0].EF.F.__setitem__(
        "/Subtype", pikepdf.Name("/text/plain")
    ),
    "attachment's checksum": lambda pdf: pdf.Root.AF[0].EF.F.Params.__setitem__(
        "/CheckSum", pikepdf.String(b"x" * 16)
    ),
    "/OpenAction": lambda pdf: pdf.Root.__setitem__("/OpenAction", pikepdf.Dictionary()),
}


@pytest.mark.parametrize("rule", BREAKAGES)
def test_each_rule_fails_on_a_broken_file(rule, fast):
    with pikepdf.open(io.BytesIO(fast)) as pdf:
        BREAKAGES[rule](pdf)
        broken = io.BytesIO()
        pdf.save(broken)
    with pytest.raises(AssertionError, match=rule):
        pdf_structure.check_structure(broken.getvalue())
