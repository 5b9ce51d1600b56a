"""The links a person gets: the signed one to their registration, and the public pages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer
from pydantic import SecretStr

from shared.base.keys import Keys

_EMAILED = "e"


@dataclass(frozen=True)
class Opens:
    """What a manage token is for, once its signature is right. It opens the registration as long as
    its generation is the registration's own: a corrected address ends the older ones. `emailed`:
    only the address was sent it, never a page."""

    registration_id: str
    generation: int
    emailed: bool = False


class Links:
    """Builds links and checks their signatures. The first secret's key signs, each is accepted."""

    def __init__(self, public_url: str, secrets: Sequence[SecretStr]) -> None:
        self.public_url = public_url
        # Until keys were derived by purpose, links were signed with the secrets themselves: what is
        # in people's inboxes goes on working. itsdangerous signs with the last key of its list.
        before = [secret.get_secret_value().encode() for secret in reversed(secrets)]
        keys = Keys(secrets).for_signing("links")
        self._signer = _signer([*before, *keys], "emarge.registration")
        self._calendar_signer = _signer(keys, "emarge.calendar")

    def emailed_url(self, registration_id: str, generation: int = 0) -> str:
        """What alone shows that an email was read: for events, which no visitor reads."""
        named = f"{registration_id}.{generation or ''}{_EMAILED}"
        return f"{self.public_url}/r/{self._signer.sign(named).decode()}"

    def manage_token(self, registration_id: str, generation: int = 0) -> str:
        return _signed(self._signer, registration_id, generation)

    def read_token(self, token: str) -> Opens | None:
        """What a token is for; None when we did not sign it."""
        return _opened(self._signer, token)

    def calendar_token(self, registration_id: str, generation: int = 0) -> str:
        """Of the calendar that is followed: it opens nothing else."""
        return _signed(self._calendar_signer, registration_id, generation)

    def read_calendar_token(self, token: str) -> Opens | None:
        """As `read_token`."""
        return _opened(self._calendar_signer, token)

    def manage_url(self, registration_id: str, generation: int = 0) -> str:
        return f"{self.public_url}/r/{self.manage_token(registration_id, generation)}"

    def conference_url(self, slug: str) -> str:
        return f"{self.public_url}/c/{slug}"

    def sign_in_url(self, token: str) -> str:
        return f"{self.public_url}/organiser/sign-in/{token}"


def _signer(keys: Sequence[bytes], salt: str) -> Signer:
    return Signer(list(keys), salt=salt, digest_method=hashlib.sha256)


def _signed(signer: Signer, registration_id: str, generation: int) -> str:
    """The first generation is written as before there were any: its links stay good."""
    named = f"{registration_id}.{generation}" if generation else registration_id
    return signer.sign(named).decode()


def _opened(signer: Signer, token: str) -> Opens | None:
    try:
        named = signer.unsign(token).decode()
    except (BadSignature, UnicodeError):
        return None
    registration_id, _, rest = named.partition(".")
    generation = rest.removesuffix(_EMAILED)
    return Opens(registration_id, int(generation or 0), generation != rest)
