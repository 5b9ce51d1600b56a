"""What issuing knows of documents: that they can be made."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from cryptography import x509

from services.certificates.base.records import Record


@dataclass(frozen=True)
class Printed:
    """A finished document, and how it was made."""

    pdf: bytes
    template: str
    path: str
    signer: x509.Certificate | None = None
    unprinted: str = ""  # characters left out, which no font writes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.pdf).hexdigest()


class Documents(Protocol):
    """Makes documents; the same record gives the same one."""

    def look_again(self) -> None:
        """A group begins: which designs are in force, and trusted, is read again from here on."""

    def print(self, record: Record, credential: str) -> Printed:
        """The whole document of a certificate, which carries the JSON of its badge. Raises
        EngineError; Hopeless when it would again."""
