"""Pages and their structure as a whole file: PDF/A-3a and PDF/UA-1, with its signature field."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from services.sheets.sealing.typesetting.pages import HEIGHT, WIDTH, Fonts, Page
from services.sheets.sealing.typesetting.tags import Element, written
from services.sheets.sealing.typesetting.typefaces import Typeface
from shared import documents
from shared.documents.fonttables import to_unicode, widths_array
from shared.documents.pdfsyntax import flate, flate_tightly, stream_object, text_string
from shared.documents.qr import Drawing, form_entries
from shared.documents.writing import DocumentSigner, FileWriter, embedded_file, static_rows
from shared.documents.xmp import Metadata, packet

PRODUCER = "Emarge"
QR = b"Q"  # its name on a page
_PRINT_LOCKED = 4 + 128  # annotation flags (ISO 32000-1, table 165)
_PROFILE = 1  # the head of every file: the colours that its own are meant in
_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@dataclass(frozen=True)
class Attached:
    """A file inside: the data that the page shows."""

    name: str
    description: str
    content: bytes
    mime: bytes  # with #2F for the slash


@dataclass(frozen=True)
class About:
    """What the file says of itself. `sealed_at` is the signature's time and every date."""

    title: str
    description: str
    author: str
    language: str
    signature_label: str
    sealed_at: datetime


@dataclass
class Numbers:
    """Object numbers, given out in order."""

    last: int = _PROFILE

    def new(self) -> int:
        self.last += 1
        return self.last


@dataclass(frozen=True)
class Frame:
    """`shared.documents.writing.Frame`."""

    static: bytes
    offsets: dict[int, int]
    object_count: int
    catalog: int
    information: int
    signature: int
    permissions: int
    packed: dict[int, tuple[int, int]] = field(default_factory=dict)


def write(
    pages: Sequence[Page],
    root: Element,
    fonts: Fonts,
    code: Drawing,
    attached: Attached,
    about: About,
    signer: DocumentSigner | None,
) -> bytes:
    """The finished file; the signer raises its own errors."""
    return _Assembly(pages, root, fonts, about).finished(code, attached, signer)


@cache
def _static() -> bytes:
    """The head of every file, with the colour profile, compressed once."""
    profile = (Path(documents.__file__).parent / "srgb.icc").read_bytes()
    return _HEAD + stream_object(_PROFILE, profile, b"/N 3", flate_tightly)


class _Assembly:
    """Objects of one file. Those that are not streams are packed together at the end."""

    def __init__(self, pages: Sequence[Page], root: Element, fonts: Fonts, about: About) -> None:
        self._numbers = Numbers()
        self._pages, self._root, self._fonts, self._about = pages, root, fonts, about
        self._packed: list[tuple[int, bytes]] = []
        self._page_numbers = [self._numbers.new() for _ in pages]
        self._catalog, self._information = self._numbers.new(), self._numbers.new()
        self._signature, self._permissions = self._numbers.new(), self._numbers.new()

    def finished(self, code: Drawing, attached: Attached, signer: DocumentSigner | None) -> bytes:
        streams: list[tuple[int, bytes, bytes]] = []  # number, data, entries: to be compressed
        widget = self._numbers.new()
        tree = self._structure(widget)
        resources = self._resources(streams, code)
        self._page_objects(streams, resources, widget)
        metadata = self._numbers.new()
        specification = self._attachment(streams, attached)
        self._describe(metadata, tree, widget, specification, attached)
        frame = Frame(
            static=_static(),
            offsets={_PROFILE: len(_HEAD)},
            object_count=self._numbers.last,
            catalog=self._catalog,
            information=self._information,
            signature=self._signature,
            permissions=self._permissions,
        )
        writer = FileWriter(frame, static_rows(frame), flate)
        for number, data, entries in streams:
            writer.stream(number, data, entries)
        # Left readable for tools that look for the packet without reading the file's structure.
        writer.plain_stream(metadata, self._metadata(), b"/Type/Metadata/Subtype/XML")
        writer.pack(self._packed)
        return writer.signed(signer, self._about.sealed_at) if signer else writer.unsigned()

    def _structure(self, widget: int) -> int:
        """The tree, with a form for the signature field at its end; the number of its root."""
        form = self._root.add("Form")
        form.page = 0
        form.kids.append(b"<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>" % (widget, self._page_numbers[0]))
        tree, parents = self._numbers.new(), self._numbers.new()
        elements = list(self._root.elements())
        numbers = {element: self._numbers.new() for element in elements}
        for element in elements:
            above = numbers[element.parent] if element.parent else tree
            self._pack(numbers[element], written(element, numbers, above, self._page_numbers))
        rows = [
            b"%d[%s]" % (page.place, b" ".join(b"%d 0 R" % numbers[each] for each in page.marks))
            for page in self._pages
        ]
        rows.append(b"%d %d 0 R" % (len(self._pages), numbers[form]))
        self._pack(parents, b"<</Nums[%s]>>" % b" ".join(rows))
        self._pack(
            tree,
            b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d>>"
            % (numbers[self._root], parents, len(self._pages) + 1),
        )
        return tree

    def _resources(self, streams: list[tuple[int, bytes, bytes]], code: Drawing) -> int:
        """Fonts and the QR: one dictionary for all pages."""
        drawing = self._numbers.new()
        streams.append((drawing, code.operators, form_entries(code)))
        named = b"".join(
            b"/%s %d 0 R" % (name, self._font(streams, typeface))
            for typeface, name in self._fonts.names.items()
        )
        number = self._numbers.new()
        self._pack(number, b"<</Font<<%s>>/XObject<</%s %d 0 R>>>>" % (named, QR, drawing))
        return number

    def _font(self, streams: list[tuple[int, bytes, bytes]], typeface: Typeface) -> int:
        """A composite font whose codes are glyph numbers (ISO 32000-1, 9.7)."""
        meanings = self._fonts.used[typeface]
        face, glyphs = typeface.face, {0, *meanings}
        program = face.subset(glyphs)
        font, descendant, descriptor, file, mapping = (self._numbers.new() for _ in range(5))
        streams.append((file, program, b"/Length1 %d" % len(program)))
        streams.append((mapping, to_unicode(sorted(meanings.items())), b""))
        tag = hashlib.sha256(program).digest()[:6]
        name = bytes(65 + each % 26 for each in tag) + b"+" + typeface.name.encode()
        self._pack(
            font,
            b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H"
            b"/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>" % (name, descendant, mapping),
        )
        widths = widths_array({glyph: typeface.width(glyph) for glyph in glyphs})
        self._pack(
            descendant,
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDToGIDMap/Identity"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"/FontDescriptor %d 0 R/W %s>>" % (name, descriptor, widths),
        )
        ascent, descent = face.extents()
        self._pack(
            descriptor,
            b"<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0"
            b"/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>"
            % (name, *face.box(), ascent, descent, ascent, file),
        )
        return font

    def _page_objects(
        self, streams: list[tuple[int, bytes, bytes]], resources: int, widget: int
    ) -> None:
        parent = self._tree_of_pages = self._numbers.new()
        for page, number in zip(self._pages, self._page_numbers, strict=True):
            content = self._numbers.new()
            streams.append((content, b"\n".join(page.drawn), b""))
            annotations = b"/Annots[%d 0 R]" % widget if page.place == 0 else b""
            self._pack(
                number,
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.2f %.2f]/Contents %d 0 R"
                b"/Resources %d 0 R/StructParents %d/Tabs/S%s>>"
                % (parent, WIDTH, HEIGHT, content, resources, page.place, annotations),
            )
        kids = b" ".join(b"%d 0 R" % number for number in self._page_numbers)
        self._pack(parent, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(self._pages)))
        self._pack(
            widget,
            b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/TU %s/Rect[0 0 0 0]/F %d"
            b"/P %d 0 R/V %d 0 R/StructParent %d>>"
            % (
                text_string(self._about.signature_label),
                _PRINT_LOCKED,
                self._page_numbers[0],
                self._signature,
                len(self._pages),
            ),
        )

    def _attachment(self, streams: list[tuple[int, bytes, bytes]], attached: Attached) -> int:
        content, specification = self._numbers.new(), self._numbers.new()
        entries = embedded_file(attached.content, attached.mime, self._about.sealed_at)
        streams.append((content, attached.content, entries))
        name = text_string(attached.name)
        self._pack(
            specification,
            b"<</Type/Filespec/F %s/UF %s/Desc %s/AFRelationship/Data/EF<</F %d 0 R/UF %d 0 R>>>>"
            % (name, name, text_string(attached.description), content, content),
        )
        return specification

    def _describe(
        self, metadata: int, tree: int, widget: int, specification: int, attached: Attached
    ) -> None:
        about = self._about
        self._pack(
            self._information,
            b"<</Producer %s/Title %s/Author %s/Subject %s>>"
            % (
                text_string(PRODUCER),
                text_string(about.title),
                text_string(about.author),
                text_string(about.description),
            ),
        )
        self._pack(
            self._catalog,
            b"<</Type/Catalog/Pages %d 0 R/Lang %s/MarkInfo<</Marked true>>"
            b"/ViewerPreferences<</DisplayDocTitle true>>/StructTreeRoot %d 0 R/Metadata %d 0 R"
            b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1"
            b"/OutputConditionIdentifier(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>]"
            b"/Names<</EmbeddedFiles<</Names[%s %d 0 R]>>>>/AF[%d 0 R]"
            b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>/Perms %d 0 R>>"
            % (
                self._tree_of_pages,
                text_string(about.language),
                tree,
                metadata,
                _PROFILE,
                text_string(attached.name),
                specification,
                specification,
                widget,
                self._permissions,
            ),
        )

    def _metadata(self) -> bytes:
        about = self._about
        return packet(
            Metadata(
                title=about.title,
                created=about.sealed_at.isoformat(timespec="seconds"),
                producer=PRODUCER,
                authors=(about.author,) if about.author else (),
                description=about.description,
            )
        ).encode()

    def _pack(self, number: int, content: bytes) -> None:
        self._packed.append((number, content))
