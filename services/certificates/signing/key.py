"""The key that signs, from EMARGE_SIGNING_KEY."""

from services.certificates.base.settings import CertificatesSettings
from services.certificates.engine import Signer, SignerUnusable, TimestampAuthority
from shared.base.errors import Misconfigured


def load_signer(settings: CertificatesSettings) -> Signer | None:
    """None when no key is set: documents then carry no signature. Raises Misconfigured."""
    if settings.signing_key is None:
        return None
    timestamps = TimestampAuthority(settings.timestamp_url) if settings.timestamp_url else None
    password = settings.signing_password
    secret = password.get_secret_value() if password else None
    try:
        content = settings.signing_key.read_bytes()
        is_pem = b"-----BEGIN" in content
        read = Signer.from_pem if is_pem else Signer.from_pkcs12
        return read(content, secret, timestamps)
    except OSError as error:
        raise Misconfigured(f"EMARGE_SIGNING_KEY cannot be read: {error.strerror}") from None
    except SignerUnusable as error:
        raise Misconfigured(f"EMARGE_SIGNING_KEY: {error}") from None
