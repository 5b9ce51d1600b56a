"""Keys by purpose, derived from one secret: whoever learns one of them can do nothing that another
is for, and the secret itself signs nothing (HKDF, RFC 5869)."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Literal, get_args

from pydantic import SecretStr

# links: of people to their registration. passes: from one service to another. cookies: what a
# browser keeps for us. calls: what one service asks of another. badges: seed of the key that signs
# them, where no other one is set.
Purpose = Literal["links", "passes", "cookies", "calls", "badges"]


class Keys:
    """Of each purpose one key a secret, in the order of the secrets: the first one is used, all of
    them are accepted."""

    def __init__(self, secrets: Sequence[SecretStr]) -> None:
        self._keys = {
            purpose: tuple(_derived(secret.get_secret_value(), purpose) for secret in secrets)
            for purpose in get_args(Purpose)
        }

    def of(self, purpose: Purpose) -> tuple[bytes, ...]:
        return self._keys[purpose]

    def for_signing(self, purpose: Purpose) -> list[bytes]:
        """As itsdangerous wants them: it signs with the last key of its list."""
        return list(reversed(self._keys[purpose]))

    @property
    def bearer(self) -> str:
        """What a service shows when it asks something of another one."""
        return self.bearers[0]

    @property
    def bearers(self) -> tuple[str, ...]:
        """Those that are accepted."""
        return tuple(key.hex() for key in self._keys["calls"])


def _derived(secret: str, purpose: str) -> bytes:
    return hkdf(secret.encode(), b"", f"emarge/{purpose}".encode())


def hkdf(material: bytes, salt: bytes, info: bytes) -> bytes:
    """32 bytes, one block of HKDF-SHA-256. Every process derives keys, and the library that has it
    would cost each of them 2 MB for these two lines."""
    extracted = hmac.digest(salt or bytes(32), material, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)
