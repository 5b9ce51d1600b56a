"""A ring of keys that secrets are encrypted with at rest: AES-256-GCM, each bound to whose it is.

The first key encrypts, all of them open. A key is known by the beginning of its hash.
"""

import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from shared.base.errors import EmargeError
from shared.base.keys import hkdf

NONCE = 12  # bytes, as NIST SP 800-38D recommends: random, and never as many as would repeat one


class CannotOpen(EmargeError):
    """It is not what was encrypted, or its key is not in the ring."""


class Keyring:
    """Keys derived from secrets, one or more, for a purpose; `setting` names these to people."""

    def __init__(self, secrets_: Sequence[SecretStr], purpose: bytes, setting: str) -> None:
        derived = [hkdf(each.get_secret_value().encode(), b"", purpose) for each in secrets_]
        self._keys = {_id_of(key): AESGCM(key) for key in derived}
        self._setting = setting
        self.current = _id_of(derived[0])

    def seal(self, plain: bytes, bound_to: str) -> tuple[str, bytes]:
        """(id of the key, what is stored)."""
        nonce = secrets.token_bytes(NONCE)
        sealed = self._keys[self.current].encrypt(nonce, plain, bound_to.encode())
        return self.current, nonce + sealed

    def open(self, key_id: str, sealed: bytes, bound_to: str) -> bytes:
        """What was given to `seal`. Raises CannotOpen."""
        key = self._keys.get(key_id)
        if key is None:
            raise CannotOpen(f"key {key_id} is not in {self._setting}")
        try:
            return key.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to.encode())
        except (InvalidTag, ValueError):
            raise CannotOpen(f"what is bound to {bound_to} was altered") from None


def _id_of(key: bytes) -> str:
    return hashlib.sha256(b"id" + key).hexdigest()[:8]
