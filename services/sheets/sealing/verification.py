"""What can be said of a sealed sheet: from its code, from its PDF, from the record attached to it.

Names nobody: whoever brings a document has the names already, and nobody else is to have them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from services.sheets.base.records import SheetRecord, sheet_by_id
from services.sheets.base.refusals import Refused
from services.sheets.chain.verifying import Fault, verify_sheet
from services.sheets.lists.days import programme_of
from services.sheets.sealing.brought import Brought, look_at_record
from services.sheets.sealing.record import NotARecord
from services.sheets.sealing.seals import (
    SealRecord,
    parse_code,
    seal_by_code,
    seal_by_digest,
)
from shared.base.database import Database
from shared.events.parts import Conference

Finding = Literal[
    "valid",
    "replaced",  # a newer seal counts
    "broken",  # the entries that we keep are not as they were sealed
    "gone",  # sealed once; the document is not kept any more
    "unknown",  # no seal has this code
    "mistyped",  # no seal can have this code: its check sign is wrong
    "altered",  # what was brought is not as it was sealed; `faults` say where
    "foreign",  # what was brought is none of ours
]


@dataclass(frozen=True)
class Verdict:
    """`seal` of all that we know; `sheet` and `day` while its years last. `brought`: what the
    verdict is about is a file, "pdf" or "record"."""

    finding: Finding
    seal: SealRecord | None = None
    sheet: SheetRecord | None = None
    day: Conference | None = None
    faults: Sequence[Fault] = ()
    brought: Literal["", "pdf", "record"] = ""


def verify_code(connection: Connection, typed: str) -> Verdict:
    """What became of the seal with this code, as someone typed or scanned it."""
    code = parse_code(typed)
    if code is None:
        return Verdict("mistyped")
    seal = seal_by_code(connection, code)
    return Verdict("unknown") if seal is None else _of_seal(connection, seal)


def verify_file(connection: Connection, content: bytes) -> Verdict | None:
    """Of a PDF that was sealed, byte for byte; None of anything else."""
    seal = seal_by_digest(connection, hashlib.sha256(content).hexdigest())
    return None if seal is None else _of_seal(connection, seal, brought="pdf")


def verify_brought(database: Database, content: bytes) -> Verdict:
    """Of a PDF that is none of those, or of the record out of one: whether it is as it was sealed.
    Nothing is kept. Raises Busy.

    A record may be of before somebody was erased: it is as it was sealed all the same.
    """
    is_pdf = content.startswith(b"%PDF-")
    try:
        record = look_at_record(content)
    except NotARecord:
        return Verdict("foreign", brought="pdf" if is_pdf else "")
    with database.read() as connection:
        return _of_record(connection, record, is_pdf=is_pdf)


def _of_record(connection: Connection, record: Brought, *, is_pdf: bool) -> Verdict:
    """Compared with the hash that we sealed; the record's own words prove nothing."""
    seal = seal_by_code(connection, record.code)
    if seal is None or seal.sheet_id != record.sheet_id:
        return Verdict("foreign", brought="pdf" if is_pdf else "record")
    found = record.faults
    if is_pdf or found or (record.length, record.head) != (seal.entries, seal.head):
        # The chain in an altered PDF may be whole: then it was the page that was changed.
        known = _of_seal(connection, seal)
        brought: Literal["pdf", "record"] = "pdf" if is_pdf else "record"
        return Verdict("altered", seal, known.sheet, known.day, found, brought)
    return _of_seal(connection, seal, brought="record")


def _of_seal(
    connection: Connection, seal: SealRecord, brought: Literal["", "pdf", "record"] = ""
) -> Verdict:
    try:
        sheet = sheet_by_id(connection, seal.sheet_id)
    except Refused:
        return Verdict("gone", seal, brought=brought)
    programme = programme_of(connection, sheet.conference)
    day = programme.conference if programme else None
    found = verify_sheet(connection, sheet.id)
    return Verdict(_finding(seal, found), seal, sheet, day, found, brought)


def _finding(seal: SealRecord, found: Sequence[Fault]) -> Finding:
    if found:
        return "broken"
    if seal.replaced_at is not None:
        return "replaced"
    return "gone" if seal.gone_at is not None else "valid"
