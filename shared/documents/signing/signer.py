"""The key that signs certificates, loaded once per process."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from shared.base.clock import now
from shared.documents.errors import SignerUnusable
from shared.documents.signing.cms import PrecomputedCms, PrivateKey
from shared.documents.signing.timestamp import TimestampAuthority

SMALLEST_RSA_KEY = 2048


class Signer:
    """Signs with one key, ECDSA or RSA, wherever that is: a key that is not in this process is one
    too. Documents signed with an older key stay valid."""

    def __init__(
        self,
        key: PrivateKey,
        certificate: x509.Certificate,
        chain: Sequence[x509.Certificate] = (),
        timestamps: TimestampAuthority | None = None,
    ) -> None:
        """Raises SignerUnusable when key and certificate cannot be used together."""
        _check(key, certificate)
        self.certificate = certificate
        self.key = key
        # Whether documents are closed to every change; not if they are to be extended later.
        self.certifies = True
        self.chain = tuple(chain)
        self._timestamps = timestamps
        self._cms = PrecomputedCms(key, _asn1(certificate), [_asn1(item) for item in chain])
        self._reserved = len(self._cms.assembled(bytes(32), bytes(_largest_signature(key))))
        if timestamps is not None:
            self._reserved += timestamps.reserved

    @classmethod
    def from_pkcs12(
        cls, data: bytes, password: str | None, timestamps: TimestampAuthority | None = None
    ) -> Self:
        """From a .p12 holding key, certificate and chain. Raises SignerUnusable."""
        try:
            key, certificate, chain = pkcs12.load_key_and_certificates(
                data, password.encode() if password else None
            )
        except ValueError as error:
            raise SignerUnusable(f"the PKCS#12 file cannot be opened: {error}") from error
        if key is None or certificate is None:
            raise SignerUnusable("the PKCS#12 file lacks the key or its certificate")
        return cls(_usable(key), certificate, chain, timestamps)

    @classmethod
    def from_pem(
        cls, data: bytes, password: str | None = None, timestamps: TimestampAuthority | None = None
    ) -> Self:
        """From PEM: key, its certificate, then the chain. Raises SignerUnusable."""
        try:
            key = serialization.load_pem_private_key(data, password.encode() if password else None)
            certificates = x509.load_pem_x509_certificates(data)
        except (ValueError, TypeError) as error:
            raise SignerUnusable(f"the PEM file cannot be used: {error}") from error
        return cls(_usable(key), certificates[0], certificates[1:], timestamps)

    @property
    def subject(self) -> str:
        """The certificate's subject, readable."""
        return self.certificate.subject.rfc4514_string()

    @property
    def expires_at(self) -> datetime:
        """End of the signing certificate's validity; signing after it raises SignerUnusable."""
        return self.certificate.not_valid_after_utc

    @property
    def reserved(self) -> int:
        """The most bytes a signature of this key takes."""
        return self._reserved

    def sign(self, digest: bytes, signed_at: datetime) -> bytes:
        """A detached CMS signature of a SHA-256 digest. `signed_at` is the time it claims.

        Raises SignerUnusable when the certificate has expired, TimestampFailed.
        """
        if max(signed_at, now()) > self.expires_at:
            raise SignerUnusable(
                f"the signing certificate ({self.subject}) expired on {self.expires_at:%Y-%m-%d}"
            )
        signature = self._cms.signature(digest)
        unsigned = self._timestamps.attribute(signature) if self._timestamps else b""
        return self._cms.assembled(digest, signature, unsigned)


def _usable(key: object) -> PrivateKey:
    if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        return key
    raise SignerUnusable("the key is neither ECDSA nor RSA")


def _check(key: PrivateKey, certificate: x509.Certificate) -> None:
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < SMALLEST_RSA_KEY:
        raise SignerUnusable(f"an RSA key must have at least {SMALLEST_RSA_KEY} bits")
    if certificate.public_key() != key.public_key():
        raise SignerUnusable("the first certificate is not the key's own")
    if certificate.not_valid_after_utc < now():
        raise SignerUnusable(
            f"the signing certificate expired on {certificate.not_valid_after_utc:%Y-%m-%d}"
        )


def _largest_signature(key: PrivateKey) -> int:
    """In bytes; asked of nobody, as a device or a service may want money for each signature."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.key_size // 8
    number = key.key_size // 8 + 1  # r and s, each with room for a sign
    return 2 * (number + 2) + 3


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
