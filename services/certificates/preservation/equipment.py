"""What a worker opens to preserve signatures: an authority of timestamps, and whom to trust."""

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding

from services.certificates.base.preservation import Preserver
from services.certificates.base.settings import CertificatesSettings
from shared.documents.signing.key import certificates_of, timestamp_authority


def open_preserver(settings: CertificatesSettings) -> Preserver | None:
    """None without an authority of timestamps: nothing can be preserved. Raises Misconfigured."""
    authority = timestamp_authority(settings)
    if authority is None:
        return None
    # pyHanko takes a while to import and is wanted nowhere else.
    from services.certificates.preservation.extending import Archive

    roots = certificates_of(settings.trusted_roots, "EMARGE_TRUSTED_ROOTS")
    trusted = [x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in roots]
    return Archive(authority, settings.signature_level, trusted)
