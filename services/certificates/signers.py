"""Who has ever signed: documents outlive keys, and must be checkable after any rotation."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Connection, select

from services.certificates.signatures import fingerprint
from services.certificates.tables import SigningCertificate
from shared.database import upsert


def remember_signer(connection: Connection, certificate: x509.Certificate) -> None:
    """Note the certificate of a signature, so that it is known as ours after the next rotation."""
    connection.execute(
        upsert(connection, SigningCertificate)
        .values(
            fingerprint=fingerprint(certificate),
            subject=certificate.subject.rfc4514_string(),
            pem=certificate.public_bytes(Encoding.PEM).decode(),
            first_used_at=datetime.now(UTC),
        )
        .on_conflict_do_nothing()
    )


def is_ours(connection: Connection, fingerprint: str) -> bool:
    """Whether we ever signed with this certificate."""
    known = select(SigningCertificate.subject).where(SigningCertificate.fingerprint == fingerprint)
    return connection.execute(known).first() is not None
