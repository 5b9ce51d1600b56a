"""Fingerprints of names: who has a name can tell whether it is the one, and nobody else can."""

import hashlib
import hmac
from collections.abc import Callable, Sequence

from pydantic import SecretStr


def fingerprint(name: str, secrets: Sequence[SecretStr]) -> str:
    """Of a name or an address, made with the first of the secrets."""
    return _fingerprint(name, secrets[0])


def has_fingerprint(wanted: str, secrets: Sequence[SecretStr]) -> Callable[[str], bool]:
    """Whether a name has this fingerprint, whichever of the secrets it was made with."""
    return lambda name: any(
        hmac.compare_digest(wanted.encode(), _fingerprint(name, secret).encode())
        for secret in secrets
    )


def _fingerprint(name: str, secret: SecretStr) -> str:
    message = f"emarge.fingerprint\n{name.casefold()}".encode()
    return hmac.new(secret.get_secret_value().encode(), message, hashlib.sha256).hexdigest()
