"""The keys that pictures are encrypted with at rest: AES-256-GCM, each picture bound to its id.

The first key of the ring encrypts, all of them open. A key is known by the beginning of its hash.
"""

import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from shared.base.errors import EmargeError, Misconfigured

NONCE = 12  # bytes, as NIST SP 800-38D recommends: random, and never as many as would repeat one


class CannotOpen(EmargeError):
    """The picture is not what was encrypted, or its key is not in the ring."""


class Keyring:
    def __init__(self, secrets_: Sequence[SecretStr]) -> None:
        if not secrets_:
            raise Misconfigured("EMARGE_PICTURE_KEYS is missing: pictures are encrypted with it")
        derived = [_derived(each.get_secret_value()) for each in secrets_]
        self._keys = {_id_of(key): AESGCM(key) for key in derived}
        self.current = _id_of(derived[0])

    def seal(self, plain: bytes, bound_to: str = "") -> tuple[str, bytes]:
        """(id of the key, what is stored)."""
        nonce = secrets.token_bytes(NONCE)
        sealed = self._keys[self.current].encrypt(nonce, plain, bound_to.encode())
        return self.current, nonce + sealed

    def open(self, key_id: str, sealed: bytes, bound_to: str = "") -> bytes:
        """What was given to `seal`. Raises CannotOpen."""
        key = self._keys.get(key_id)
        if key is None:
            raise CannotOpen(f"key {key_id} is not in EMARGE_PICTURE_KEYS")
        try:
            return key.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to.encode())
        except (InvalidTag, ValueError):
            raise CannotOpen("the picture was altered") from None


def _derived(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"emarge.sheets.pictures").derive(secret.encode())


def _id_of(key: bytes) -> str:
    return hashlib.sha256(b"id" + key).hexdigest()[:8]
