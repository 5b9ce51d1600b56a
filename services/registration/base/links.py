"""The links a person gets: the signed one to their registration, and the public pages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer


@dataclass(frozen=True)
class Opens:
    """What a manage token is for, once its signature is right. It opens the registration as long as
    its generation is the registration's own: a corrected address ends the older ones."""

    registration_id: str
    generation: int


class Links:
    """Builds links and checks their signatures. The first secret signs, every one is accepted."""

    def __init__(self, public_url: str, secrets: Sequence[str]) -> None:
        self.public_url = public_url
        # itsdangerous signs with the last key of its list.
        self._signer = Signer(
            list(reversed(secrets)), salt="emarge.registration", digest_method=hashlib.sha256
        )

    def manage_token(self, registration_id: str, generation: int = 0) -> str:
        """The first generation is written as before there were any: its links stay good."""
        named = f"{registration_id}.{generation}" if generation else registration_id
        return self._signer.sign(named).decode()

    def read_token(self, token: str) -> Opens | None:
        """What a token is for; None when we did not sign it."""
        try:
            named = self._signer.unsign(token).decode()
        except (BadSignature, UnicodeError):
            return None
        registration_id, _, generation = named.partition(".")
        return Opens(registration_id, int(generation or 0))

    def manage_url(self, registration_id: str, generation: int = 0) -> str:
        return f"{self.public_url}/r/{self.manage_token(registration_id, generation)}"

    def conference_url(self, slug: str) -> str:
        return f"{self.public_url}/c/{slug}"

    def sign_in_url(self, token: str) -> str:
        return f"{self.public_url}/organiser/sign-in/{token}"
