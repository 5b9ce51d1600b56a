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
from services.sheets.base.seals import (
    SealRecord,
    seal_by_code,
    seal_by_digest,
    seals_of,
)
from services.sheets.chain.faults import Fault
from services.sheets.chain.reading import entries_of
from services.sheets.chain.verifying import stored_faults
from services.sheets.sealing.auditing import unlike_document
from services.sheets.sealing.brought import Brought, look_at_record
from services.sheets.sealing.heading import Heading, heading_in
from services.sheets.sealing.record import Claims, NotARecord
from shared.base.database import Database
from shared.words.codes import PRINTED, parse_code

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
    """`seal` of all that we know; `sheet` and `heading`, what was sealed of it, while its years
    last. `brought`: what the verdict is about is a file, "pdf" or "record"."""

    finding: Finding
    seal: SealRecord | None = None
    sheet: SheetRecord | None = None
    heading: Heading | None = None
    faults: Sequence[Fault] = ()
    brought: Literal["", "pdf", "record"] = ""


def verify_code(connection: Connection, typed: str) -> Verdict:
    """What became of the seal with this code, as someone typed or scanned it."""
    code = parse_code(typed, *PRINTED)
    if code is None:
        return Verdict("mistyped")
    seal = seal_by_code(connection, code)
    return Verdict("unknown") if seal is None else _of_seal(connection, seal)


def verify_file(connection: Connection, content: bytes) -> Verdict | None:
    """Of a PDF that was sealed, byte for byte; None of anything else, also of one whose own record
    or signature does not say what its seal does, as `verify` finds."""
    seal = seal_by_digest(connection, hashlib.sha256(content).hexdigest())
    if seal is None or any(unlike_document(content, seal)):
        return None
    return _of_seal(connection, seal, brought="pdf")


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
    claims = record.claims
    seal = seal_by_code(connection, claims.code)
    if seal is None or seal.sheet_id != claims.sheet:
        return Verdict("foreign", brought="pdf" if is_pdf else "record")
    found = record.faults
    known = _of_seal(connection, seal, brought="record")
    same_chain = not found and (claims.length, claims.head) == (seal.entries, seal.head)
    if is_pdf or not same_chain or not _is_as_sealed(connection, claims, seal, known.heading):
        # The chain in an altered PDF may be whole: then it was the page that was changed.
        brought: Literal["pdf", "record"] = "pdf" if is_pdf else "record"
        return Verdict("altered", seal, known.sheet, known.heading, found, brought)
    return known


def _is_as_sealed(
    connection: Connection, claims: Claims, seal: SealRecord, heading: Heading | None
) -> bool:
    """Whether a record says of its sheet and seal what was sealed. Where it is verified may have
    moved: the address ends with the code. Of a sheet that is gone, nothing can be compared."""
    if heading is None:
        return True
    before = [each for each in seals_of(connection, seal.sheet_id) if each.number < seal.number]
    sealed = claims.model_copy(
        update={
            **dict(heading.model_copy(update={"sessions": ()})),
            "seal": seal.number,
            "replaces": before[-1].code if before else None,
            "sealed_at": seal.sealed_at,
        }
    )
    said = {name: getattr(sealed, name) for name in Claims.model_fields}
    return said == dict(claims) and claims.verify.endswith(f"/sheets/verify/{seal.code}")


def _of_seal(
    connection: Connection, seal: SealRecord, brought: Literal["", "pdf", "record"] = ""
) -> Verdict:
    try:
        sheet = sheet_by_id(connection, seal.sheet_id)
    except Refused:
        return Verdict("gone", seal, brought=brought)
    entries = entries_of(connection, sheet.id)
    sealed = next((each for each in entries if each.number == seal.entries), None)
    heading = heading_in(sealed)
    found = stored_faults(sheet, entries, seals_of(connection, sheet.id))
    return Verdict(_finding(seal, found), seal, sheet, heading, found, brought)


def _finding(seal: SealRecord, found: Sequence[Fault]) -> Finding:
    if found:
        return "broken"
    if seal.replaced_at is not None:
        return "replaced"
    return "gone" if seal.gone_at is not None else "valid"
