"""Scans of signed paper sheets: what transcribed entries are copied from, encrypted as signatures
are."""

from services.sheets.base.records import sheet_by_id
from services.sheets.base.refusals import Refused
from services.sheets.pictures import album
from services.sheets.signing.parties import Signing

MOST_BYTES = 15 * 1024 * 1024
KINDS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def keep_paper(signing: Signing, sheet_id: str, scan: bytes) -> str:
    """The id of a PDF, JPEG or PNG. Raises Refused: unknown, too-large, malformed."""
    if len(scan) > MOST_BYTES:
        raise Refused("too-large", "paper")
    if not scan.startswith(KINDS):
        raise Refused("malformed", "paper")
    with signing.database.begin() as connection:
        sheet_by_id(connection, sheet_id)
        return album.keep(connection, signing.keyring, sheet_id, None, scan)
