"""One person's certificate from a shape: all of the fast path, and the end of the full one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.certificates.engine.filling.composing import (
    Composed,
    Composer,
    PiecesWriter,
    Texts,
    joined_xml,
)
from services.certificates.engine.shape import Shape
from shared.documents.pdfsyntax import Compressor
from shared.documents.qr import Drawing, form_entries
from shared.documents.writing import (
    DocumentSigner,
    FileWriter,
    embedded_file,
    static_rows,
)


@dataclass(frozen=True)
class Extras:
    """What a certificate holds besides its strings."""

    qr: Drawing
    attendance: bytes  # JSON, attached
    badge: bytes  # JSON, attached where the shape has room for it
    issued_at: datetime  # the signature's claimed time and the attachments' date


class Filler:
    """Fills one shape, again and again."""

    def __init__(self, shape: Shape, compress: Compressor) -> None:
        self._shape = shape
        self._compress = compress
        self._composer = Composer(shape, compress)
        self._contents = [PiecesWriter(content.pieces) for content in shape.contents]
        self._objects = [(item.number, PiecesWriter(item.pieces)) for item in shape.objects]
        self._rows = static_rows(shape)

    def compose(self, texts: Texts) -> Composed:
        """The person's lines. Raises CannotFill, or IsParagraph with what the press has to set."""
        return self._composer.compose(texts)

    def holds_alone(self, texts: Texts, is_name: Callable[[str], bool]) -> bool:
        """Whether some block's text is the one asked for, and nothing else."""
        return self._composer.holds_alone(texts, is_name)

    def fill(self, composed: Composed, extras: Extras, signer: DocumentSigner | None) -> bytes:
        """The finished PDF; the signer raises its own errors."""
        writer = FileWriter(self._shape, self._rows, self._compress)
        for content, data in zip(self._shape.contents, self.contents(composed), strict=True):
            writer.stream(content.number, data, b"")
        self._write_fonts(writer, composed)
        packet = joined_xml(self._shape.xmp, composed.strings).encode()
        # Left readable for tools that look for the packet without reading the file's structure.
        writer.plain_stream(self._shape.metadata, packet, b"/Type/Metadata/Subtype/XML")
        for number in self._shape.codes:
            writer.stream(number, extras.qr.operators, form_entries(extras.qr))
        self._write_attachments(writer, extras)
        writer.pack([(number, pieces.bytes_of(composed)) for number, pieces in self._objects])
        return writer.signed(signer, extras.issued_at) if signer else writer.unsigned()

    def _write_attachments(self, writer: FileWriter, extras: Extras) -> None:
        # The badge's MIME type is that of W3C's data model for credentials, 2.0.
        kinds = ((b"application#2Fjson", extras.attendance), (b"application#2Fvc", extras.badge))
        for number, (mime, content) in zip(self._shape.attached, kinds, strict=False):
            writer.stream(number, content, embedded_file(content, mime, extras.issued_at))

    def contents(self, composed: Composed) -> list[bytes]:
        """The pages' content streams: what must be equal on both paths."""
        return [pieces.bytes_of(composed) for pieces in self._contents]

    def _write_fonts(self, writer: FileWriter, composed: Composed) -> None:
        for name, file in self._composer.embed_fonts(composed).items():
            font = self._shape.fonts[name]
            head = b"/Filter/FlateDecode"
            entries = head + b"/Length1 %d" % file.size
            writer.plain_stream(font.file_object, file.program, entries)
            writer.plain_stream(font.to_unicode_object, file.to_unicode, head)
