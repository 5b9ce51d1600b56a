"""Secrets as they are kept: encrypted with a key of their own, bound to the endpoint whose they
are. Whoever reads the database, a backup or an export of it has none of them."""

import base64

from services.webhooks.base.settings import WebhooksSettings
from shared.base.keyring import Keyring


class Seals:
    """Seals with the key of the first of the secrets, and opens with that of any."""

    def __init__(self, settings: WebhooksSettings) -> None:
        self._keyring = Keyring(settings.secret_key, b"emarge/webhooks", "EMARGE_SECRET_KEY")

    def seal(self, secret: str, endpoint_id: str) -> str:
        key_id, sealed = self._keyring.seal(secret.encode(), endpoint_id)
        return f"{key_id}.{base64.b64encode(sealed).decode()}"

    def unseal(self, sealed: str, endpoint_id: str) -> str:
        """Raises CannotOpen: sealed with another secret, or for another endpoint."""
        key_id, _, content = sealed.partition(".")
        return self._keyring.open(key_id, base64.b64decode(content), endpoint_id).decode()

    def is_current(self, sealed: str) -> bool:
        """Whether it was sealed with the first of the keys; one that was not is sealed anew."""
        return sealed.startswith(f"{self._keyring.current}.")
