"""Badges are made where documents are, by the one process that has the key, and kept with them."""

from services.certificates.base.links import Links
from services.certificates.base.records import Record
from services.certificates.engine import Signer
from services.certificates.verification.open_badge import credential, may_sign, signed


class SignedBadges:
    """`Badges` by the key of documents; none without it, or with one that badges cannot have."""

    def __init__(self, signer: Signer | None, links: Links) -> None:
        self._signer = signer if signer and may_sign(signer.key) else None
        self._links = links

    def of(self, record: Record) -> str | None:
        if self._signer is None:
            return None
        content = credential(record, self._links)
        return signed(content, self._signer.key, self._signer.certificate)
