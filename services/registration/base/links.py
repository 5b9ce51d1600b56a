"""The links a person gets: the signed one to their registration, and the public pages."""

import hashlib
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer


class Links:
    """Builds links and checks their signatures. The first secret signs, every one is accepted."""

    def __init__(self, public_url: str, secrets: Sequence[str]) -> None:
        self.public_url = public_url
        # itsdangerous signs with the last key of its list.
        self._signer = Signer(
            list(reversed(secrets)), salt="emarge.registration", digest_method=hashlib.sha256
        )

    def manage_token(self, registration_id: str) -> str:
        return self._signer.sign(registration_id).decode()

    def registration_of(self, token: str) -> str | None:
        """The registration a token is for; None when we did not sign it."""
        try:
            return self._signer.unsign(token).decode()
        except (BadSignature, UnicodeError):
            return None

    def manage_url(self, registration_id: str) -> str:
        return f"{self.public_url}/r/{self.manage_token(registration_id)}"

    def conference_url(self, slug: str) -> str:
        return f"{self.public_url}/c/{slug}"

    def sign_in_url(self, token: str) -> str:
        return f"{self.public_url}/organiser/sign-in/{token}"
