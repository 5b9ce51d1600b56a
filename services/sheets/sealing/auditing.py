"""What an operator verifies beside each chain: that nothing is left of a sheet that is not there,
and that the documents of seals are those that were sealed, by their bytes, record and signature.
"""

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, select

from services.sheets.base.seals import SealRecord
from services.sheets.base.tables import EntryRow, Seal, Sheet
from services.sheets.sealing.record import NotARecord, read_record
from shared.documents.signing.signatures import read_signature
from shared.storage import NotStored, Storage


def without_sheet(connection: Connection) -> list[str]:
    """Ids of sheets that entries, or seals that are still kept, are of; and that are not there."""
    known = select(Sheet.id)
    of_entries = select(EntryRow.sheet_id).where(EntryRow.sheet_id.not_in(known))
    of_seals = select(Seal.sheet_id).where(Seal.gone_at.is_(None), Seal.sheet_id.not_in(known))
    return sorted({*connection.scalars(of_entries), *connection.scalars(of_seals)})


def unlike_documents(
    storage: Storage, seals: Iterable[SealRecord], signers: frozenset[str]
) -> Iterable[str]:
    """What is wrong with the documents that are kept of a sheet's seals, in words. With `signers`,
    fingerprints of certificates, each is signed with one of them."""
    for seal in seals:
        if not seal.made:
            continue
        try:
            pdf = storage.get(seal.file)
        except NotStored:
            yield f"the document of seal {seal.number} is not there"
            continue
        yield from unlike_document(pdf, seal, signers)


def unlike_document(
    pdf: bytes, seal: SealRecord, signers: frozenset[str] = frozenset()
) -> Iterable[str]:
    """What is wrong with the document of a seal, in words: by its bytes, its record, its signature.
    The row alone proves nothing: whoever may write to the database gives it any digest."""
    if hashlib.sha256(pdf).hexdigest() != seal.digest:
        yield f"the document of seal {seal.number} is not the one that was sealed"
    try:
        claims = read_record(pdf).claims
    except NotARecord:
        yield f"the document of seal {seal.number} has no record of ours"
        return
    told = (claims.sheet, claims.seal, claims.code, claims.length, claims.head)
    if told != (seal.sheet_id, seal.number, seal.code, seal.entries, seal.head):
        yield f"the document of seal {seal.number} has another chain"
    signature = read_signature(pdf)
    if signature is not None and not (signature.intact and signature.whole):
        yield f"the signature of the document of seal {seal.number} does not hold"
    elif signers and (signature is None or signature.fingerprint not in signers):
        yield f"the document of seal {seal.number} is signed with no certificate that is given"
