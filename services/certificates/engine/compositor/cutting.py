"""Cuts a shape out of a document: static bytes once and for all, pieces for the rest."""

from functools import cache
from typing import Any

import pydyf
import weasyprint
from weasyprint.pdf.stream import Stream

from services.certificates.engine import shape
from services.certificates.engine.compositor import additions, reading
from services.certificates.engine.compositor.faces import reduced_face
from services.certificates.engine.compositor.lines import VariableLine
from services.certificates.engine.compositor.placeholder import QR_IMAGE
from services.certificates.engine.compositor.probes import Probed, ProbedPage
from services.certificates.engine.compositor.refusals import NotFast
from services.certificates.engine.compositor.serialising import Placeholder, merged, pieces
from services.certificates.engine.compositor.tokens import parts
from services.certificates.engine.compositor.typesetting import (
    SetDocument,
    SetPage,
    as_bytes,
    descendants,
)
from services.certificates.engine.shape import (
    Fixed,
    GlyphWidths,
    Line,
    LinkRectangle,
    ParagraphLine,
    Piece,
    Run,
    RunGlyphs,
    RunPosition,
    Shape,
    VariableFont,
    VariableObject,
    VariableStream,
)
from shared.documents import pdfsyntax, xmp

PRODUCER = f"Emarge (WeasyPrint {weasyprint.VERSION})"
# The comment of high bytes marks the file as binary (ISO 19005-3, 6.1.2).
HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def cut(
    probed: Probed,
    *,
    locale: str,
    created: str,
    badge: bool,
    meanings: dict[str, dict[int, str]] | None,
) -> Shape:
    """The shape of a probed document; with a `badge`, it has room for one among its attachments.

    `meanings` says what the glyphs of each font stand for in a document laid out with tokens alone;
    None if the document is one person's, finished. Changes the document's objects. Raises NotFast.
    """
    return _Cutter(probed, meanings).cut(locale, created, badge=badge)


def whole(document: SetDocument) -> Probed:
    """A document without holes, for the full path."""
    return Probed(document, [ProbedPage(page, [], {}) for page in document.pages])


class _Cutter:
    def __init__(self, probed: Probed, meanings: dict[str, dict[int, str]] | None) -> None:
        self._probed = probed
        self._with_tokens = meanings is not None
        self._meanings = meanings or {}
        self._document = probed.document
        self._objects: list[Any] = probed.document.pdf.objects
        self._faces: dict[str, bytes] = {}
        self._fonts: dict[str, VariableFont] = {}
        self._written_later: set[int] = set()

    def cut(self, locale: str, created: str, *, badge: bool) -> Shape:
        lines = tuple(self._line(page, line) for page, line in self._probed.lines)
        added = additions.add(self._document, locale, PRODUCER, badge=badge)
        contents = tuple(self._content(page) for page in self._probed.pages)
        codes = self._codes()
        self._open_fonts()
        self._open_links()
        self._written_later |= {*added.attached, added.signature, added.metadata, *codes}
        self._written_later |= {added.permissions, *(stream.number for stream in contents)}
        static, offsets, packed, variable = self._serialise()
        return Shape(
            static=static,
            offsets=offsets,
            packed=packed,
            object_count=len(self._objects),
            catalog=self._document.pdf.catalog.number,
            information=added.information,
            contents=contents,
            metadata=added.metadata,
            xmp=self._xmp(created),
            objects=variable,
            lines=lines,
            fonts=self._fonts,
            faces=self._faces,
            codes=codes,
            attached=added.attached,
            signature=added.signature,
            permissions=added.permissions,
            pages=len(self._document.pages),
        )

    def _line(self, page: SetPage, line: VariableLine) -> Line | ParagraphLine:
        runs = []
        for text in line.texts:
            start, end = page.spans[text]
            operators = page.operators[start:end]
            font_operator = next(item for item in operators if item.endswith(b" Tf")).split()
            matrix = next(item for item in operators if item.endswith(b" Tm")).split()
            font = font_operator[0][1:].decode()
            if font not in self._fonts:
                self._fonts[font] = self._variable_font(font)
            runs.append(
                Run(
                    parts=parts(text.text) if line.row is None else (),
                    font=font,
                    size=float(font_operator[1]),
                    language=text.style["lang"] or self._document.metadata.lang or "",
                    matrix=b" ".join(matrix[:4]),
                    baseline=matrix[5],
                )
            )
        if line.row is not None:
            return ParagraphLine(line.block, line.row, tuple(runs))
        return Line(line.block, line.left, line.width, line.alignment, tuple(runs), line.narrowest)

    def _variable_font(self, name: str) -> VariableFont:
        fonts = self._document.fonts_named(name)
        glyphs = self._static_glyphs().get(name, set())
        face = reduced_face(fonts[0], glyphs)
        digest = shape.digest(face)
        self._faces[digest] = face
        meanings = self._meanings.get(name, {})
        widths = {glyph: width for font in fonts for glyph, width in font.widths.items()}
        if not glyphs <= meanings.keys():
            raise NotFast("a text that is the same for everyone is drawn differently")
        return VariableFont(
            face=digest,
            widths={glyph: widths[glyph] for glyph in sorted(glyphs)},
            texts={glyph: meanings[glyph] for glyph in sorted(glyphs)},
            file_object=0,
            to_unicode_object=0,
        )

    @cache  # noqa: B019 # the cutter does not outlive its document
    def _static_glyphs(self) -> dict[str, set[int]]:
        """The glyphs of all text that is the same for everyone, by font.

        Nothing of the person whom the shape was made with may remain in other people's files.
        """
        streams = [
            [item for index, item in enumerate(page.page.operators) if not page.is_shown(index)]
            for page in self._probed.pages
        ]
        pages = {page.page.stream for page in self._probed.pages}
        streams += [
            as_bytes(item)
            for item in self._objects
            if isinstance(item, Stream) and item not in pages
        ]
        found: dict[str, set[int]] = {}
        for operators in streams:
            font = ""
            for operator in operators:
                if operator.endswith(b" Tf"):
                    font = operator.split()[0][1:].decode()
                elif operator.endswith(b" TJ"):
                    found.setdefault(font, set()).update(reading.shown(operator))
        return found

    def _content(self, page: ProbedPage) -> VariableStream:
        found: list[Piece] = []
        last = len(page.page.operators) - 1
        for index, operator in enumerate(page.page.operators):
            hole = page.holes.get(index)
            if hole is None or hole.kind == "font":
                found.append(Fixed(operator))
            elif hole.kind == "position":
                found.append(RunPosition(hole.line, hole.run))
            else:
                found.append(RunGlyphs(hole.line, hole.run))
            if index < last:
                found.append(Fixed(b"\n"))
        return VariableStream(page.page.stream.number, merged(found))

    def _codes(self) -> tuple[int, ...]:
        """The image objects drawn from `asset:qr`, by the name WeasyPrint gives their URL."""
        found = set()
        for item in self._objects:
            images = item.get("XObject") if isinstance(item, pydyf.Dictionary) else None
            for name, reference in (images or {}).items():
                if name.startswith(QR_IMAGE):
                    found.add(int(reference.split()[0]))
        return tuple(sorted(found))

    def _open_fonts(self) -> None:
        """Takes file, ToUnicode and widths of each variable font out of the static part."""
        for item in list(self._objects):
            if not isinstance(item, pydyf.Dictionary) or item.get("Subtype") != "/Type0":
                continue
            name = item["BaseFont"][1:].partition(b"+")[0].decode()
            if name not in self._fonts:
                continue
            descendant = self._referenced(item["DescendantFonts"][0])
            descriptor = self._referenced(descendant["FontDescriptor"])
            if "FontFile2" not in descriptor:
                raise NotFast("a font is not embedded as TrueType")
            file_object = int(descriptor["FontFile2"].split()[0])
            to_unicode = int(item["ToUnicode"].split()[0])
            known = self._fonts[name]
            self._fonts[name] = VariableFont(
                known.face, known.widths, known.texts, file_object, to_unicode
            )
            self._written_later |= {file_object, to_unicode}
            descendant["W"] = Placeholder(GlyphWidths(name))

    def _open_links(self) -> None:
        """Lets the rectangle of a link follow its text."""
        for index, (_, line) in enumerate(self._probed.lines):
            for box in line.links:
                inside = [text for text in line.texts if text in set(descendants(box))]
                if not inside:
                    raise NotFast("a link has no text on its line")
                annotation = box.link_annotation
                _, bottom, _, top = annotation["Rect"]
                annotation["Rect"] = Placeholder(
                    LinkRectangle(
                        line=index,
                        first_run=line.texts.index(inside[0]),
                        last_run=line.texts.index(inside[-1]),
                        bottom=float(bottom),
                        top=float(top),
                    )
                )

    def _xmp(self, created: str) -> shape.Parts:
        metadata = self._document.metadata
        text = xmp.packet(
            xmp.Metadata(
                title=metadata.title or "",
                created=created,
                producer=PRODUCER,
                authors=tuple(metadata.authors),
                description=metadata.description or "",
            )
        )
        return parts(text) if self._with_tokens else (text,)

    def _serialise(
        self,
    ) -> tuple[bytes, dict[int, int], dict[int, tuple[int, int]], tuple[VariableObject, ...]]:
        file = bytearray(HEADER)
        offsets: dict[int, int] = {}
        fixed: list[tuple[int, bytes]] = []
        variable: list[VariableObject] = []
        for item in self._objects[1:]:
            if item.number in self._written_later:
                continue
            if isinstance(item, pydyf.Stream):
                offsets[item.number] = len(file)
                file += _stream(item)
                continue
            found = pieces(item, with_tokens=self._with_tokens)
            if len(found) == 1 and isinstance(found[0], Fixed):
                fixed.append((item.number, found[0].data))
            else:
                variable.append(VariableObject(item.number, found))
        packer = len(self._objects)  # the static object stream's own number
        offsets[packer] = len(file)
        file += pdfsyntax.object_stream(packer, fixed, pdfsyntax.flate_tightly)
        packed = {number: (packer, index) for index, (number, _) in enumerate(fixed)}
        return bytes(file), offsets, packed, tuple(variable)

    def _referenced(self, reference: bytes) -> Any:
        return self._objects[int(reference.split()[0])]


def _stream(item: pydyf.Stream) -> bytes:
    """A stream object, compressed by our own compressor as everything else."""
    data = b"\n".join(as_bytes(item))
    entries = b"".join(
        b"/%s %s" % (name.encode(), pydyf._to_bytes(value))  # noqa: SLF001 # its number format
        for name, value in item.extra.items()
        if name != "Length" and not (name == "Filter" and item.compress)
    )
    compress = pdfsyntax.flate_tightly if item.compress else None
    return pdfsyntax.stream_object(item.number, data, entries, compress)
