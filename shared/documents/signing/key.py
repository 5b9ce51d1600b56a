"""The key that signs, from EMARGE_SIGNING_KEY, and the authority of timestamps beside it."""

from pathlib import Path

from cryptography import x509
from pydantic import SecretStr

from shared.base.errors import Misconfigured
from shared.documents.errors import SignerUnusable
from shared.documents.signing import Signer, TimestampAuthority, remote_key, token_key
from shared.documents.signing.settings import SigningSettings


def load_signer(settings: SigningSettings) -> Signer | None:
    """None when no key is set: documents then carry no signature. Raises Misconfigured; SignerAway
    when the device or service that holds the key does not answer."""
    if not settings.signing_key:
        return None
    try:
        return _signer(settings, str(settings.signing_key))
    except OSError as error:
        raise Misconfigured(f"EMARGE_SIGNING_KEY cannot be read: {error.strerror}") from None
    except SignerUnusable as error:
        raise Misconfigured(f"EMARGE_SIGNING_KEY: {error}") from None


def timestamp_authority(settings: SigningSettings) -> TimestampAuthority | None:
    if not settings.timestamp_url:
        return None
    return TimestampAuthority(
        settings.timestamp_url,
        user=settings.timestamp_user,
        password=_said(settings.timestamp_password) or "",
    )


def certificates_of(path: Path | None, setting: str) -> list[x509.Certificate]:
    """Those of a PEM file; none without one. Raises Misconfigured."""
    if path is None:
        return []
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise Misconfigured(f"{setting} cannot be read: {error.strerror}") from None
    except ValueError:
        raise Misconfigured(f"{setting} wants certificates in PEM") from None


def _signer(settings: SigningSettings, named: str) -> Signer:
    timestamps = timestamp_authority(settings)
    secret = _said(settings.signing_password)
    if named.startswith(token_key.SCHEME):
        brought = certificates_of(settings.signing_certificate, "EMARGE_SIGNING_CERTIFICATE")
        return Signer(*token_key.open_token_key(named, secret, brought), timestamps)
    if named.startswith(remote_key.SCHEME):
        client, password = settings.csc_client, _said(settings.csc_secret) or ""
        return Signer(*remote_key.open_remote_key(named, client, password, secret), timestamps)
    content = Path(named).read_bytes()
    is_pem = b"-----BEGIN" in content
    read = Signer.from_pem if is_pem else Signer.from_pkcs12
    return read(content, secret, timestamps)


def _said(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
