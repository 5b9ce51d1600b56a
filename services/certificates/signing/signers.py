"""Who has ever signed: documents outlive keys, and must be checkable after any rotation."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Connection, select

from services.certificates.base.tables import SigningCertificate
from shared.base.clock import now
from shared.base.database import after_commit, upsert
from shared.documents.signing.signatures import fingerprint


class Signers:
    """Notes each signing certificate, once in a process, so that a rotation forgets none."""

    def __init__(self) -> None:
        self._noted: x509.Certificate | None = None

    def remember(self, connection: Connection, certificate: x509.Certificate) -> None:
        """The certificate signed something that is about to be issued."""
        if certificate is self._noted:
            return
        _note(connection, certificate)

        def noted() -> None:
            self._noted = certificate

        after_commit(connection, noted)


def is_ours(connection: Connection, fingerprint: str) -> bool:
    """Whether we ever signed with this certificate."""
    known = select(SigningCertificate.subject).where(SigningCertificate.fingerprint == fingerprint)
    return connection.execute(known).first() is not None


def _note(connection: Connection, certificate: x509.Certificate) -> None:
    connection.execute(
        upsert(connection, SigningCertificate)
        .values(
            fingerprint=fingerprint(certificate),
            subject=certificate.subject.rfc4514_string(),
            pem=certificate.public_bytes(Encoding.PEM).decode(),
            first_used_at=now(),
        )
        .on_conflict_do_nothing()
    )
