"""Whether the code of a certificate can be scanned where a design shows it.

Styles hide a thing in too many ways to list them. So the page is drawn, as whoever looks at it sees
it, and what stands for the code is looked at module by module: each of its pixels is known.
"""

import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.certificates.engine.compositor.placeholder import (
    QR_NAME,
    WIDTH,
    is_dark,
    placeholder,
)
from services.certificates.engine.compositor.typesetting import SetDocument
from services.certificates.engine.errors import Problem

SMALLEST_MODULE = 0.25  # mm: what the camera of a telephone reads from paper
FAINTEST = 96  # of 255, between dark and light
_MOST_WRONG = 0.01  # of the modules: a corner that is rounded, not a logo on top
_DOTS = 6  # drawn across a module
_MILLIMETRE = 72 / 25.4  # points
_DEEPEST = 12  # forms within forms
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_USED = f"asset:{QR_NAME}"

_HIDDEN = f"the code cannot be seen anywhere: show {_USED} in an <img>, with nothing that hides it"
_COVERED = "the code cannot be scanned: part of it is cut off, covered or outside the page"
_FAINT = "the code cannot be scanned: it is hardly darker than what is around it"
_MIRRORED = "the code cannot be scanned: it is mirrored"
_SMALL = "the code cannot be scanned: it is {:.1f} mm wide with its margin, and needs {:.0f} mm"

Matrix = tuple[float, float, float, float, float, float]  # as PDF writes them: a b c d e f


@dataclass(frozen=True)
class _Flaw:
    """`severity` orders the flaws of several codes: the least is told."""

    severity: int
    message: str


def unreadable(document: SetDocument, source: str, css: str, modules: int) -> Iterator[Problem]:
    """The problem, if a design that shows the code shows it nowhere as a scanner wants it, with the
    first line of its source that names it; `modules`: across the real code, margin included.

    Writes the document: nothing is to be done with it afterwards.
    """
    if not any(_USED in _COMMENT.sub("", text) for text in (document.html, css)):
        return
    written = io.BytesIO()
    document.pdf.write(written)
    found = list(_flaws(written.getvalue(), modules))
    if not found:
        flaw = _Flaw(0, _HIDDEN)
    elif None in found:
        return
    else:
        flaw = min((each for each in found if each), key=lambda each: each.severity)
    for part, text in (("html", source), ("css", css)):
        lines = enumerate(text.splitlines(), start=1)
        line = next((number for number, content in lines if _USED in content), None)
        if line is not None:
            yield Problem(part, flaw.message, line)
            return
    yield Problem("html", flaw.message)


def _flaws(pdf: bytes, modules: int) -> Iterator[_Flaw | None]:
    """Of each code that is drawn; None of one that is readable."""
    import pypdfium2  # only designs need it

    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            for matrix in _places(page):
                yield _flaw(page, matrix, modules)
    finally:
        document.close()


def _places(page: Any) -> Iterator[Matrix]:
    """Where on the page the image that stands for the code is drawn."""
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFPage_CountObjects(page.raw)
    of_page = (pdfium.FPDFPage_GetObject(page.raw, index) for index in range(count))
    waiting = [(each, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), 0) for each in of_page]
    while waiting:
        drawn, outer, depth = waiting.pop()
        kind, matrix = pdfium.FPDFPageObj_GetType(drawn), _within(_matrix_of(drawn), outer)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE and _is_placeholder(drawn):
            yield matrix
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            for index in range(pdfium.FPDFFormObj_CountObjects(drawn)):
                inner = pdfium.FPDFFormObj_GetObject(drawn, index)
                waiting.append((inner, matrix, depth + 1))


def _matrix_of(drawn: Any) -> Matrix:
    from ctypes import byref

    import pypdfium2.raw as pdfium

    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(drawn, byref(found))
    return found.a, found.b, found.c, found.d, found.e, found.f


def _within(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    oa, ob, oc, od, oe, of = outer
    return (
        a * oa + b * oc,
        a * ob + b * od,
        c * oa + d * oc,
        c * ob + d * od,
        e * oa + f * oc + oe,
        e * ob + f * od + of,
    )


def _is_placeholder(image: Any) -> bool:
    from ctypes import byref, c_uint

    import pypdfium2
    import pypdfium2.raw as pdfium

    width, height = c_uint(), c_uint()
    pdfium.FPDFImageObj_GetImagePixelSize(image, byref(width), byref(height))
    if (width.value, height.value) != (WIDTH, WIDTH):
        return False
    raw = pdfium.FPDFImageObj_GetBitmap(image)
    if not raw:
        return False
    bitmap = pypdfium2.PdfBitmap.from_raw(raw)
    return bool(bitmap.to_pil().convert("1").tobytes() == placeholder().tobytes())


def _flaw(page: Any, matrix: Matrix, modules: int) -> _Flaw | None:
    a, b, c, d, _, _ = matrix
    side = min(math.hypot(a, b), math.hypot(c, d)) / _MILLIMETRE
    if side == 0:
        return _Flaw(4, _HIDDEN)
    if a * d - b * c < 0:
        return _Flaw(2, _MIRRORED)
    if side / modules < SMALLEST_MODULE:
        # Half a millimetre more than the limit, so that whoever does as they are told is past it.
        return _Flaw(1, _SMALL.format(side, math.ceil(SMALLEST_MODULE * modules + 0.5)))
    seen = list(_seen(page, matrix, side))
    missing = sum(shade is None for _, shade in seen)
    dark = sorted(shade for is_dark, shade in seen if is_dark and shade is not None)
    light = sorted(shade for is_dark, shade in seen if not is_dark and shade is not None)
    if not dark or not light:
        return _Flaw(3, _COVERED)
    darkness, brightness = dark[len(dark) // 2], light[len(light) // 2]
    between = (darkness + brightness) / 2
    wrong = missing + sum(shade >= between for shade in dark) + sum(s <= between for s in light)
    if brightness - darkness < FAINTEST:
        return _Flaw(2, _FAINT if brightness > darkness else _COVERED)
    return _Flaw(3, _COVERED) if wrong > _MOST_WRONG * len(seen) else None


def _seen(page: Any, matrix: Matrix, side: float) -> Iterator[tuple[bool, int | None]]:
    """Of each module of the image, whether it is dark and how it is drawn (0 to 255; None outside
    the page)."""
    a, b, c, d, e, f = matrix
    scale = _DOTS * WIDTH / (side * _MILLIMETRE)
    left, bottom, right, top = page.get_cropbox()
    corners = [(e + x * a + y * c, f + x * b + y * d) for x in (0, 1) for y in (0, 1)]
    across, up = zip(*corners, strict=True)
    shown_left, shown_top = max(left, min(across)), min(top, max(up))
    cut = (
        shown_left - left,
        max(0.0, min(up) - bottom),
        max(0.0, right - max(across)),
        top - shown_top,
    )
    picture = None
    if cut[0] + cut[2] < right - left and cut[1] + cut[3] < top - bottom:
        picture = page.render(scale=scale, crop=cut).to_pil().convert("L")
    for row in range(WIDTH):
        for column in range(WIDTH):
            x, y = (column + 0.5) / WIDTH, 1 - (row + 0.5) / WIDTH
            at = e + x * a + y * c, f + x * b + y * d
            place = int((at[0] - shown_left) * scale), int((shown_top - at[1]) * scale)
            on_it = picture is not None and all(
                0 <= value < most for value, most in zip(place, picture.size, strict=True)
            )
            shade = picture.getpixel(place) if picture is not None and on_it else None
            yield is_dark(column, row), shade
