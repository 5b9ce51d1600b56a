"""The key that signs certificates, loaded once per process."""

from datetime import datetime
from typing import Self

from services.certificates.engine.signing.timestamp import TimestampAuthority


class Signer:
    """Signs with one key; ECDSA P-256 or RSA. Documents signed with an older key stay valid."""

    @classmethod
    def from_pkcs12(
        cls, data: bytes, password: str | None, timestamps: TimestampAuthority | None = None
    ) -> Self:
        """From a .p12/.pfx holding the key, its certificate and the chain. Raises SignerUnusable."""
        raise NotImplementedError

    @classmethod
    def from_pem(
        cls, data: bytes, password: str | None = None, timestamps: TimestampAuthority | None = None
    ) -> Self:
        """From PEM: the key, its certificate, then the chain, in one file. Raises SignerUnusable."""
        raise NotImplementedError

    @property
    def subject(self) -> str:
        """The certificate's subject, readable."""
        raise NotImplementedError

    @property
    def expires_at(self) -> datetime:
        """End of the signing certificate's validity; signing after it raises SignerUnusable."""
        raise NotImplementedError
