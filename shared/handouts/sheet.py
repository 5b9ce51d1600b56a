"""A PDF of one page, drawn: rectangles, lines of Helvetica, the modules of a QR."""

import re
import zlib
from collections.abc import Sequence

from shared.handouts.helvetica import width

MM = 72 / 25.4  # points

Colour = str  # as PDF writes it: "1 0 0"


def colour(code: str) -> Colour:
    """Of "#rrggbb"."""
    return _n(*(int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)))


WHITE = "1 1 1"


class Sheet:
    """A page of a width and height in points; `y` is measured from the top, as on paper."""

    def __init__(self, page_width: float, page_height: float) -> None:
        self.width = page_width
        self.height = page_height
        self._drawn: list[str] = []

    def rectangle(self, x: float, y: float, w: float, h: float, fill: Colour) -> None:
        self._drawn.append(f"{fill} rg {_n(x, self.height - y - h, w, h)} re f")

    def line(self, text: str, x: float, y: float, size: float, ink: Colour, *, bold: bool) -> None:
        """Text whose baseline is at `y`."""
        font = "B" if bold else "R"
        self._drawn.append(
            f"BT {ink} rg /{font} {_n(size)} Tf {_n(x, self.height - y)} Td "
            f"({_escaped(text)}) Tj ET"
        )

    def centred(self, text: str, y: float, size: float, ink: Colour, *, bold: bool) -> None:
        x = (self.width - width(text, size, bold=bold)) / 2
        self.line(text, x, y, size, ink, bold=bold)

    def squares(self, rows: Sequence[bytes], x: float, y: float, side: float) -> None:
        """A square of dark modules (1) on white, each row's neighbours drawn as one."""
        self.rectangle(x, y, side, side, WHITE)
        unit = side / len(rows)
        drawn = [
            f"{start} {number} {length} 1 re"
            for number, row in enumerate(rows)
            for start, length in _runs(row)
        ]
        # In modules from the upper left corner, downwards.
        placed = _n(unit, 0, 0, -unit, x, self.height - y)
        self._drawn.append(f"q {placed} cm 0 0 0 rg {' '.join(drawn)} f Q")

    def content(self) -> bytes:
        """All that was drawn, packed, for a `page` of this size."""
        return zlib.compress("\n".join(self._drawn).encode("latin-1"))


def page(contents: Sequence[bytes], size: tuple[float, float], title: str, language: str) -> bytes:
    """The document of one page, on which the contents of sheets of this size lie one over another;
    the same contents give the same bytes."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    first = 7
    drawn = " ".join(f"{number} 0 R" for number in range(first, first + len(contents)))
    return _document(
        [
            f"<< /Type /Catalog /Pages 2 0 R /Lang ({language}) "
            "/ViewerPreferences << /DisplayDocTitle true >> >>".encode(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_n(*size)}] "
            f"/Contents [{drawn}] /Resources << /Font << /R 4 0 R /B 5 0 R >> >> >>".encode(),
            font.format("Helvetica").encode(),
            font.format("Helvetica-Bold").encode(),
            f"<< /Title <FEFF{title.encode('utf-16-be').hex()}> >>".encode(),
            *(
                b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream"
                % (len(content), content)
                for content in contents
            ),
        ],
        information=6,
    )


def _document(objects: Sequence[bytes], information: int) -> bytes:
    """Objects 1…n; the first is the catalogue, and `information` the number of the dictionary."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, information)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def _runs(row: bytes) -> list[tuple[int, int]]:
    """(start, length) of each run of dark modules."""
    return [(run.start(), len(run.group())) for run in re.finditer(rb"\x01+", row)]


def _n(*numbers: float) -> str:
    return " ".join(f"{number:.6g}" for number in numbers)


def _escaped(text: str) -> str:
    """As a PDF string in WinAnsiEncoding, written in Latin-1."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return escaped.encode("cp1252").decode("latin-1")
