"""Secrets as they are kept: encrypted with a key of their own (AES-256-GCM), bound to the endpoint
whose they are. Whoever reads the database, a backup or an export of it has none of them."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.webhooks.base.settings import WebhooksSettings
from shared.base.errors import EmargeError
from shared.base.keys import hkdf

NONCE = 12  # bytes


class CannotUnseal(EmargeError):
    """It was sealed with a secret key that EMARGE_SECRET_KEY does not name any more."""


class Seals:
    """Seals with the key of the first of the secrets, and opens with that of any."""

    def __init__(self, settings: WebhooksSettings) -> None:
        self._ciphers = [
            AESGCM(hkdf(secret.get_secret_value().encode(), b"", b"emarge/webhooks"))
            for secret in settings.secret_key
        ]

    def seal(self, secret: str, endpoint_id: str) -> str:
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[0].encrypt(nonce, secret.encode(), endpoint_id.encode())
        return base64.b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, endpoint_id: str) -> str:
        """Raises CannotUnseal."""
        raw = base64.b64decode(sealed)
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(raw[:NONCE], raw[NONCE:], endpoint_id.encode()).decode()
            except InvalidTag:
                continue
        raise CannotUnseal(f"endpoint {endpoint_id}: its secret was sealed with another key")

    def is_current(self, sealed: str, endpoint_id: str) -> bool:
        """Whether it was sealed with the first of the keys; one that was not is sealed anew."""
        raw = base64.b64decode(sealed)
        try:
            self._ciphers[0].decrypt(raw[:NONCE], raw[NONCE:], endpoint_id.encode())
        except InvalidTag:
            return False
        return True
