"""Keys by purpose, derived from one secret: whoever learns one of them can do nothing that another
is for, and the secret itself signs nothing (HKDF, RFC 5869)."""

from collections.abc import Sequence
from typing import Literal, get_args

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

# links: of people to their registration. passes: from one service to another. cookies: what a
# browser keeps for us. calls: what one service asks of another.
Purpose = Literal["links", "passes", "cookies", "calls"]

LENGTH = 32  # bytes


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
    derivation = HKDF(SHA256(), LENGTH, salt=None, info=f"emarge/{purpose}".encode())
    return derivation.derive(secret.encode())
