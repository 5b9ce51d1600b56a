"""The finished file: static part, this person's objects, signature, cross-reference stream."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from struct import Struct
from typing import Protocol

from services.certificates.engine.pdfsyntax import Compressor, object_stream, stream_object
from services.certificates.engine.shape import Shape

_ROW = Struct(">BIH")  # kind; offset, or stream; generation, or index (7.5.8.3)
_FREE, _IN_USE, _PACKED = 0, 1, 2
_CERTIFYING = (
    b"/Reference[<</Type/SigRef/TransformMethod/DocMDP"
    b"/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]"
)
_BYTE_RANGE_WIDTH = 40  # room for the byte range, which is known last


class DocumentSigner(Protocol):
    """What the writer asks of a signer."""

    @property
    def reserved(self) -> int:
        """The most bytes a signature can take."""

    @property
    def certifies(self) -> bool:
        """Whether its signature forbids every change; else documents may be extended."""

    def sign(self, digest: bytes, signed_at: datetime) -> bytes:
        """A detached CMS signature of the SHA-256 digest of the file's byte ranges."""


class FileWriter:
    """Appends one person's objects to a shape's static bytes."""

    def __init__(self, shape: Shape, rows: bytes, compress: Compressor) -> None:
        """`rows` are the shape's own (`static_rows`)."""
        self._shape = shape
        self._compress = compress
        self._chunks = [shape.static]
        self._position = len(shape.static)
        self._rows = bytearray(rows)
        # After the shape's objects come its packed objects, ours, and the cross-reference stream.
        self._packer = shape.object_count + 1
        self._cross_reference = shape.object_count + 2

    def stream(self, number: int, data: bytes, entries: bytes) -> None:
        """A stream object, compressed."""
        self._append(number, stream_object(number, data, entries, self._compress))

    def plain_stream(self, number: int, data: bytes, entries: bytes) -> None:
        """A stream object that is small, or already compressed."""
        self._append(number, stream_object(number, data, entries, None))

    def pack(self, objects: list[tuple[int, bytes]]) -> None:
        """All objects that are not streams, at once."""
        self._append(self._packer, object_stream(self._packer, objects, self._compress))
        for index, (number, _) in enumerate(objects):
            _ROW.pack_into(self._rows, number * _ROW.size, _PACKED, self._packer, index)

    def unsigned(self) -> bytes:
        """The file with an empty signature field, for a preview."""
        number = self._shape.signature
        self._append(number, b"%d 0 obj\nnull\nendobj\n" % number)
        self._permit(b"")
        self._finish()
        return b"".join(self._chunks)

    def signed(self, signer: DocumentSigner, signed_at: datetime) -> bytes:
        """The file with its signature (ISO 32000-1, 12.8; EN 319 142-1, B-B).

        Certified, it may not be extended: the standard has two exceptions (ISO 32000-2, table 257),
        which Acrobat and others do not know.
        """
        number = self._shape.signature
        certifying = _CERTIFYING if signer.certifies else b""
        self._permit(b"/DocMDP %d 0 R" % number if signer.certifies else b"")
        head = (
            b"%d 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(%s)"
            b"%s/ByteRange"
        ) % (number, pdf_date(signed_at), certifying)
        range_at = self._position + len(head)
        start = range_at + _BYTE_RANGE_WIDTH + len(b"/Contents")
        end = start + 2 * signer.reserved + 2
        self._append(
            number,
            b"%s%s/Contents<%s>>>\nendobj\n"
            % (head, b" " * _BYTE_RANGE_WIDTH, b"0" * (2 * signer.reserved)),
        )
        self._finish()
        file = bytearray(b"".join(self._chunks))
        byte_range = b"[0 %d %d %d]" % (start, end, len(file) - end)
        file[range_at : range_at + _BYTE_RANGE_WIDTH] = byte_range.ljust(_BYTE_RANGE_WIDTH)
        covered = hashlib.sha256(memoryview(file)[:start])
        covered.update(memoryview(file)[end:])
        signature = signer.sign(covered.digest(), signed_at).hex().encode()
        if len(signature) > 2 * signer.reserved:
            raise ValueError("the signature is longer than the room kept for it")
        file[start + 1 : start + 1 + len(signature)] = signature
        return bytes(file)

    def _permit(self, permissions: bytes) -> None:
        number = self._shape.permissions
        self._append(number, b"%d 0 obj\n<<%s>>\nendobj\n" % (number, permissions))

    def _append(self, number: int, data: bytes) -> None:
        _ROW.pack_into(self._rows, number * _ROW.size, _IN_USE, self._position, 0)
        self._chunks.append(data)
        self._position += len(data)

    def _finish(self) -> None:
        """Cross-reference stream and trailer (7.5.8), with an identifier made of the content."""
        start, number = self._position, self._cross_reference
        _ROW.pack_into(self._rows, number * _ROW.size, _IN_USE, start, 0)
        content = hashlib.sha256()
        for chunk in self._chunks:
            content.update(chunk)
        identifier = content.hexdigest()[:32].encode()  # 16 bytes (14.4)
        entries = (
            b"/Type/XRef/Index[0 %d]/W[1 4 2]/Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]"
        ) % (
            number + 1,
            number + 1,
            self._shape.catalog,
            self._shape.information,
            identifier,
            identifier,
        )
        self.plain_stream(number, bytes(self._rows), entries)
        self._chunks.append(b"startxref\n%d\n%%%%EOF\n" % start)


def static_rows(shape: Shape) -> bytes:
    """The cross-reference rows of a shape, with those of each document's own objects left free."""
    rows = bytearray(_ROW.size * (shape.object_count + 3))
    _ROW.pack_into(rows, 0, _FREE, 0, 0xFFFF)
    for number, offset in shape.offsets.items():
        _ROW.pack_into(rows, number * _ROW.size, _IN_USE, offset, 0)
    for number, (stream, index) in shape.packed.items():
        _ROW.pack_into(rows, number * _ROW.size, _PACKED, stream, index)
    return bytes(rows)


@lru_cache(maxsize=64)
def pdf_date(moment: datetime) -> bytes:
    """A date as PDF writes it (7.9.4), in UTC."""
    return moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ").encode()
