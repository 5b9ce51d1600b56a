"""What the reader of workbooks does not tell of a sheet: rows that a filter or a hand has hidden,
cells that show an error, numbers written with zeros in front. Read from the XML as a stream."""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

Attributes = dict[str, str]

_CELL = re.compile(r"([A-Z]+)([0-9]+)")
_CHUNK = 64 * 1024
_REPEATED_AT_MOST = 20_000  # rows of LibreOffice that are written once


@dataclass
class Marks:
    """Rows by their number, the first being 1; cells by row and by column from 0; `digits` is how
    many a number shows at least."""

    hidden: set[int] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    digits: dict[tuple[int, int], int] = field(default_factory=dict)


def marks_of(content: bytes) -> dict[str, Marks]:
    """By the name of the sheet; of formats that are not XML, nothing."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            zeros = _zero_formats(archive) if "xl/styles.xml" in names else {}
            sheets = _sheets(archive)
            return {n: _of_excel(archive, p, zeros) for n, p in sheets.items() if p in names}
        return _of_libreoffice(archive) if "content.xml" in names else {}


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where in the archive each sheet is."""
    ids: dict[str, str] = {}
    parts: dict[str, str] = {}

    def workbook(tag: str, said: Attributes) -> None:
        if tag == "sheet":
            ids[said["name"]] = next((v for k, v in said.items() if k.endswith(":id")), "")

    def relations(tag: str, said: Attributes) -> None:
        if tag == "Relationship":
            parts[said["Id"]] = posixpath.normpath(posixpath.join("/xl", said["Target"]))[1:]

    _stream(archive, "xl/workbook.xml", workbook)
    _stream(archive, "xl/_rels/workbook.xml.rels", relations)
    return {name: parts.get(id_, "") for name, id_ in ids.items()}


def _zero_formats(archive: zipfile.ZipFile) -> dict[str, int]:
    """The styles of cells that show at least so many digits, as for a postal code."""
    formats: dict[str, int] = {}
    styles: dict[str, int] = {}
    inside = False
    count = 0

    def start(tag: str, said: Attributes) -> None:
        nonlocal inside, count
        if tag == "numFmt" and set(said["formatCode"].replace("\\ ", "")) == {"0"}:
            formats[said["numFmtId"]] = said["formatCode"].count("0")
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            if digits := formats.get(said.get("numFmtId", "")):
                styles[str(count)] = digits
            count += 1
        elif tag == "cellStyles":
            inside = False

    _stream(archive, "xl/styles.xml", start)
    return styles


def _of_excel(archive: zipfile.ZipFile, part: str, zeros: dict[str, int]) -> Marks:
    marks = Marks()
    row = 0
    error: tuple[int, int] | None = None

    def start(tag: str, said: Attributes) -> None:
        nonlocal row, error
        if tag == "row":
            row = int(said.get("r", row + 1))
            if said.get("hidden") in ("1", "true"):
                marks.hidden.add(row)
        elif tag == "c":
            error = None
            if said.get("t") == "e":
                error = _place(said.get("r", ""))
            elif said.get("s") in zeros and (place := _place(said.get("r", ""))):
                marks.digits[place] = zeros[said["s"]]

    def words(text: str) -> None:
        # The formula comes first, what it shows last.
        if error and text.startswith("#"):
            marks.errors[error] = text

    _stream(archive, part, start, words)
    return marks


def _place(reference: str) -> tuple[int, int] | None:
    found = _CELL.fullmatch(reference)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found[2]), column - 1


def _of_libreoffice(archive: zipfile.ZipFile) -> dict[str, Marks]:
    found: dict[str, Marks] = {}
    marks, row = Marks(), 0

    def start(tag: str, said: Attributes) -> None:
        nonlocal marks, row
        if tag == "table:table":
            marks, row = found.setdefault(said.get("table:name", ""), Marks()), 0
        elif tag == "table:table-row":
            count = int(said.get("table:number-rows-repeated", 1))
            if said.get("table:visibility") in ("filter", "collapse"):
                marks.hidden.update(range(row + 1, row + 1 + min(count, _REPEATED_AT_MOST)))
            row += count

    _stream(archive, "content.xml", start)
    return found


def _stream(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    words: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, said: start(tag.removeprefix("x:"), said)
    if words:
        parser.buffer_text = True
        parser.CharacterDataHandler = words
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)
