"""The finished file: static part, a document's own objects, signature, cross-reference stream."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from struct import Struct
from typing import Protocol

from shared.documents.pdfsyntax import Compressor, object_stream, stream_object

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


class Frame(Protocol):
    """What is known of a file before its own objects are: how it begins, and its numbers."""

    @property
    def static(self) -> bytes:
        """The head of the file: header, streams and objects that never change."""

    @property
    def offsets(self) -> Mapping[int, int]:
        """Static stream objects: number -> byte offset in `static`."""

    @property
    def packed(self) -> Mapping[int, tuple[int, int]]:
        """Static packed objects: number -> (stream, index)."""

    @property
    def object_count(self) -> int:
        """The highest number of all objects, those to come included."""

    @property
    def catalog(self) -> int: ...

    @property
    def information(self) -> int: ...

    @property
    def signature(self) -> int:
        """Reserved for the signature dictionary …"""

    @property
    def permissions(self) -> int:
        """… and for what it permits."""


class FileWriter:
    """Appends one document's objects to the static bytes of its frame."""

    def __init__(self, frame: Frame, rows: bytes, compress: Compressor) -> None:
        """`rows` are the frame's own (`static_rows`)."""
        self._frame = frame
        self._compress = compress
        self._chunks = [frame.static]
        self._position = len(frame.static)
        self._rows = bytearray(rows)
        # After the frame's objects come its packed objects, ours, and the cross-reference stream.
        self._packer = frame.object_count + 1
        self._cross_reference = frame.object_count + 2

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
        number = self._frame.signature
        self._append(number, b"%d 0 obj\nnull\nendobj\n" % number)
        self._permit(b"")
        self._finish()
        return b"".join(self._chunks)

    def signed(self, signer: DocumentSigner, signed_at: datetime) -> bytes:
        """The file with its signature (ISO 32000-1, 12.8; EN 319 142-1, B-B).

        Certified, it may not be extended: the standard has two exceptions (ISO 32000-2, table 257),
        which Acrobat and others do not know.
        """
        number = self._frame.signature
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
        number = self._frame.permissions
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
            self._frame.catalog,
            self._frame.information,
            identifier,
            identifier,
        )
        self.plain_stream(number, bytes(self._rows), entries)
        self._chunks.append(b"startxref\n%d\n%%%%EOF\n" % start)


def static_rows(frame: Frame) -> bytes:
    """The cross-reference rows of a frame, with those of each document's own objects left free."""
    rows = bytearray(_ROW.size * (frame.object_count + 3))
    _ROW.pack_into(rows, 0, _FREE, 0, 0xFFFF)
    for number, offset in frame.offsets.items():
        _ROW.pack_into(rows, number * _ROW.size, _IN_USE, offset, 0)
    for number, (stream, index) in frame.packed.items():
        _ROW.pack_into(rows, number * _ROW.size, _PACKED, stream, index)
    return bytes(rows)


@lru_cache(maxsize=64)
def pdf_date(moment: datetime) -> bytes:
    """A date as PDF writes it (7.9.4), in UTC."""
    return moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ").encode()


def embedded_file(content: bytes, mime: bytes, changed_at: datetime) -> bytes:
    """An embedded file stream's entries (ISO 32000-1, 7.11.4): MIME type, size, date, checksum."""
    checksum = hashlib.md5(content, usedforsecurity=False).hexdigest().encode()
    return b"/Type/EmbeddedFile/Subtype/%s/Params<</Size %d/ModDate(%s)/CheckSum<%s>>>" % (
        mime,
        len(content),
        pdf_date(changed_at),
        checksum,
    )
