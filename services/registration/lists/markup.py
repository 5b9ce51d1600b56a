"""Tables of a web page, which many programs call an Excel file when they export it."""

import re
from html.parser import HTMLParser

from services.registration.lists.decoding import decode
from services.registration.lists.sheet import MOST_COLUMNS, Sheet, cleaned, kept

_BEGINNING = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|table|meta|head|style)", re.IGNORECASE
)


def is_markup(content: bytes) -> bool:
    return bool(_BEGINNING.match(content))


def read_markup(content: bytes) -> list[Sheet]:
    """A sheet for each table. Raises Unreadable."""
    decoded = decode(content)
    parser = _Tables()
    parser.feed(decoded.text)
    parser.close()
    sheets = []
    for lines in parser.tables:
        filled, beyond = kept(enumerate(lines, start=1))
        sheets.append(Sheet(filled, beyond, "", (), decoded.encoding, decoded.otherwise))
    return sheets


class _Tables(HTMLParser):
    """Cells as far as they are rows of a table; a table in a cell is one of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("table", "tr", "td", "th"):
            self._end_cell()
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("table", "tr", "td", "th"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(" ".join(data.split()) if data.strip() else " ")

    def _end_cell(self) -> None:
        if self._cell is not None and len(self.tables[-1][-1]) < MOST_COLUMNS:
            self.tables[-1][-1].append(cleaned("".join(self._cell)))
        self._cell = None
