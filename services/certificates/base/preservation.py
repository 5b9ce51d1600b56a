"""What the service knows of keeping signatures verifiable: documents can be extended for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.base.errors import EmargeError


class EvidenceMissing(EmargeError):
    """An authority gave no answer, or not what is needed: tried again later."""


class EvidenceRefused(EmargeError):
    """The signature cannot be kept as it is: revoked, expired, broken. A new document could be."""


@dataclass(frozen=True)
class Extended:
    """A document with what verifies it inside; it begins with every byte of the former.

    `holds_until`: the end of what its newest timestamp rests on; None without one (B-LT).
    """

    pdf: bytes
    holds_until: datetime | None


class Preserver(Protocol):
    """Extends documents. Belongs to one process and one thread."""

    @property
    def wants_new(self) -> bool:
        """Whether documents that were never extended are to be."""

    def extend(self, pdf: bytes, made_at: datetime) -> Extended:
        """A document that was there at a moment. Raises EvidenceMissing, EvidenceRefused."""
