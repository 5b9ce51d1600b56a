"""Scans of signed paper sheets: what transcribed entries are copied from, encrypted as signatures
are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from services.sheets.base.refusals import Refused
from services.sheets.base.tables import EntryRow, Picture
from services.sheets.pictures import album
from shared.base.keyring import Keyring

MOST_BYTES = 10 * 1024 * 1024  # a photo of a sheet as a telephone makes it
KINDS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_TYPES = dict(
    zip(
        KINDS,
        (("application/pdf", ".pdf"), ("image/jpeg", ".jpg"), ("image/png", ".png")),
        strict=True,
    )
)


@dataclass(frozen=True)
class Paper:
    """A scan that entries of a sheet were copied from, and since when it is there."""

    id: str
    noted_at: datetime


def keep_paper(connection: Connection, keyring: Keyring, sheet_id: str, scan: bytes) -> str:
    """The id of a PDF, JPEG or PNG, in the transaction of the entry that has it. Raises Refused:
    too-large, malformed."""
    if len(scan) > MOST_BYTES:
        raise Refused("too-large", "paper")
    if not scan.startswith(KINDS):
        raise Refused("malformed", "paper")
    return album.keep(connection, keyring, sheet_id, None, scan)


def papers_of(connection: Connection, sheet_id: str) -> Sequence[Paper]:
    """Those that are kept, the first one first."""
    rows = connection.execute(
        select(EntryRow.picture_id, func.min(EntryRow.noted_at).label("noted_at"))
        .join(Picture, Picture.id == EntryRow.picture_id)
        .where(
            EntryRow.sheet_id == sheet_id,
            EntryRow.kind == "transcribed",
            func.length(Picture.sealed) > 0,
        )
        .group_by(EntryRow.picture_id)
        .order_by(func.min(EntryRow.number))
    )
    return [Paper(str(row.picture_id), row.noted_at) for row in rows]


def open_paper(
    connection: Connection, keyring: Keyring, sheet_id: str, paper_id: str
) -> bytes | None:
    """The scan; None where the sheet has none of that id, or none any more. Raises CannotOpen."""
    if not any(paper.id == paper_id for paper in papers_of(connection, sheet_id)):
        return None
    return album.opened(connection, keyring, paper_id) or None


def type_of(scan: bytes) -> tuple[str, str]:
    """Its media type, and how its name ends."""
    return next(known for begins, known in _TYPES.items() if scan.startswith(begins))
