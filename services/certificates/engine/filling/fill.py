"""One person's certificate from a shape: all of the fast path, and the end of the full one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.certificates.engine.filling.composing import Composed, Composer, joined_xml
from services.certificates.engine.filling.writing import DocumentSigner, FileWriter, pdf_date
from services.certificates.engine.pdfsyntax import Compressor
from services.certificates.engine.qr import Bitmap
from services.certificates.engine.shape import Shape


@dataclass(frozen=True)
class Extras:
    """What a certificate holds besides its strings."""

    qr: Bitmap
    attendance: bytes  # JSON, attached
    issued_at: datetime  # the signature's claimed time and the attachment's date


class Filler:
    """Fills one shape, again and again."""

    def __init__(self, shape: Shape, compress: Compressor) -> None:
        self._shape = shape
        self._compress = compress
        self._composer = Composer(shape, compress)

    def fill(self, strings: Sequence[str], extras: Extras, signer: DocumentSigner | None) -> bytes:
        """The finished PDF. Raises CannotFill or LineTooLong; the signer raises its own errors."""
        composed = self._composer.compose(strings)
        writer = FileWriter(self._shape, self._compress)
        contents = self._contents(strings, composed)
        for content, data in zip(self._shape.contents, contents, strict=True):
            writer.stream(content.number, data, b"")
        self._write_fonts(writer, composed)
        packet = joined_xml(self._shape.xmp, strings).encode()
        # Left readable for tools that look for the packet without reading the file's structure.
        writer.plain_stream(self._shape.metadata, packet, b"/Type/Metadata/Subtype/XML")
        for number in self._shape.codes:
            writer.plain_stream(number, extras.qr.data, _image(extras.qr))
        writer.stream(self._shape.attachment, extras.attendance, _embedded(extras))
        writer.pack(
            [
                (item.number, self._composer.bytes_of(item.pieces, strings, composed))
                for item in self._shape.objects
            ]
        )
        return writer.signed(signer, extras.issued_at) if signer else writer.unsigned()

    def contents(self, strings: Sequence[str]) -> list[bytes]:
        """The pages' content streams: what must be equal on both paths. Raises as `fill` does."""
        return self._contents(strings, self._composer.compose(strings))

    def _contents(self, strings: Sequence[str], composed: Composed) -> list[bytes]:
        return [
            self._composer.bytes_of(content.pieces, strings, composed)
            for content in self._shape.contents
        ]

    def _write_fonts(self, writer: FileWriter, composed: Composed) -> None:
        for name, file in self._composer.embed_fonts(composed).items():
            font = self._shape.fonts[name]
            head = b"/Filter/FlateDecode"
            entries = head + b"/Length1 %d" % file.size
            writer.plain_stream(font.file_object, file.program, entries)
            writer.plain_stream(font.to_unicode_object, file.to_unicode, head)


def _image(bitmap: Bitmap) -> bytes:
    return (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d"
        b"/ColorSpace/DeviceGray/BitsPerComponent 1/Interpolate false"
    ) % (bitmap.width, bitmap.width)


def _embedded(extras: Extras) -> bytes:
    """An embedded file stream's entries (ISO 32000-1, 7.11.4): MIME type, size, date, checksum."""
    checksum = hashlib.md5(extras.attendance, usedforsecurity=False).hexdigest().encode()
    return (
        b"/Type/EmbeddedFile/Subtype/application#2Fjson/Params<</Size %d/ModDate(%s)/CheckSum<%s>>>"
    ) % (len(extras.attendance), pdf_date(extras.issued_at), checksum)
