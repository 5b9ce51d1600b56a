"""All the certificates of a conference as one ZIP, written while it is sent.

One document at a time is in memory, so that a conference of a hundred thousand costs no more than
one of ten. PDFs are compressed already and are stored as they are.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Literal

import structlog

from services.certificates.base import records
from services.certificates.base.records import Record
from shared.base.database import Database
from shared.bus.eventlog import EventLog
from shared.events.certificates import CertificatesExported
from shared.storage import NotStored, Storage

log = structlog.get_logger()

ActorKind = Literal["organiser", "token"]

PAGE = 200
REALISATIONS = "certificats-de-realisation/"


def archive(database: Database, storage: Storage, conference: str) -> Iterator[bytes]:
    """The ZIP, piece by piece: every certificate of the conference that counts."""
    return zipped(_all(database, conference), storage)


def zipped(certificates: Iterable[Record], storage: Storage) -> Iterator[bytes]:
    """These certificates as a ZIP, piece by piece."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for record in certificates:
            try:
                pdf = storage.get(record.storage_key(record.sha256 or ""))
            except NotStored as error:  # erased since the page was read, or lost by the storage
                log.warning("left out of the archive", certificate=record.id, reason=str(error))
                continue
            entry = zipfile.ZipInfo(_path(record), record.issued_at.timetuple()[:6])
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, pdf)
            yield sink.taken()
    yield sink.taken()


def note_archive(
    database: Database, log: EventLog, conference: str, actor_kind: ActorKind, actor: str
) -> None:
    """Say that somebody took them away, for the history that registration keeps; of none, or of a
    conference that there is not, nothing is said."""
    with database.begin() as connection:
        count = records.count_valid(connection, conference)
        if not count:
            return
        said = CertificatesExported(
            conference=conference, actor_kind=actor_kind, actor=actor, count=count
        )
        log.append(connection, said)


def _path(record: Record) -> str:
    """Certificats de réalisation have a folder of their own, as it is what is sent to funders."""
    return (REALISATIONS if record.variant == "realisation" else "") + record.file_name


def _all(database: Database, conference: str) -> Iterator[Record]:
    after = ""
    while True:
        with database.read() as connection:
            page = records.valid(connection, conference=conference, after=after, most=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


class _Sink(io.RawIOBase):
    """What the ZIP writer writes to: it cannot go back, so what was written can be sent on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than any buffer, which is all that zipfile sends
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        piece = b"".join(self._pieces)
        self._pieces.clear()
        return piece
