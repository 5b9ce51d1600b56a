"""What can be said of a certificate, from its code or from a file that claims to be one."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select

from services.certificates.base import records
from services.certificates.base.records import Record
from services.certificates.base.tables import Document
from services.certificates.signing.signers import is_ours
from shared.documents.signing.signatures import read_signature
from shared.words.codes import PRINTED, parse_code

Finding = Literal[
    "valid",
    "revoked",
    "superseded",
    "erased",
    "unknown",  # no certificate has this code
    "mistyped",  # no certificate can have this code: its check sign is wrong
    "altered",  # the file carries our signature and is not as it was signed
    "unrecorded",  # signed by us and whole, but not among what we keep
    "foreign",  # the file has nothing of ours
]


@dataclass(frozen=True)
class Verdict:
    """`record`: of valid, revoked and superseded. `brought`: what the verdict is about is a file;
    `signed_by`: of one that is whole."""

    finding: Finding
    record: Record | None = None
    replaced_at: datetime | None = None
    brought: bool = False
    signed_by: str | None = None


def verify_code(connection: Connection, typed: str) -> Verdict:
    """What became of the certificate with this code, as someone typed or scanned it."""
    code = parse_code(typed, *PRINTED)
    if code is None:
        return Verdict("mistyped")
    return _of(connection, records.by_code(connection, code))


def verify_file(connection: Connection, pdf: bytes) -> Verdict | None:
    """Of a file that we issued, byte for byte; None of anything else."""
    certificate = connection.execute(
        select(Document.certificate_id).where(Document.sha256 == hashlib.sha256(pdf).hexdigest())
    ).scalar()
    if certificate is None:
        return None
    signature = read_signature(pdf)
    signed_by = signature.subject if signature and signature.intact else None
    known = _of(connection, records.by_id(connection, certificate))
    return replace(known, brought=True, signed_by=signed_by)


def verify_brought(connection: Connection, pdf: bytes) -> Verdict:
    """Of a file that is none of those, by the signature in it; nothing of it is kept."""
    signature = read_signature(pdf)
    if signature is None or not is_ours(connection, signature.fingerprint):
        return Verdict("foreign")
    return Verdict("unrecorded" if signature.intact and signature.whole else "altered")


def _of(connection: Connection, record: Record | None) -> Verdict:
    if record is None or record.state == "to-issue":
        return Verdict("unknown")
    if record.state == "erased":
        return Verdict("erased")
    newer = records.by_id(connection, record.superseded_by) if record.superseded_by else None
    return Verdict(record.state, record, newer.issued_at if newer else None)
