"""What signs badges and their status lists: the issuer's keys, under one address.

The proof inside a document is by an Ed25519 key of badges alone. A token is by the key of documents
where that is RSA or P-256, so that the certificate an organisation bought vouches for it; with any
other key, or none, by the key of badges too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate

from services.certificates.badges.issuer import ListedKey, did_of, listed
from services.certificates.badges.jws import Private, token
from services.certificates.badges.proof import proved
from services.certificates.base.settings import CertificatesSettings
from shared.base.errors import Misconfigured


@dataclass(frozen=True)
class Seal:
    """`document_key`: where it may sign tokens; `chain`: its certificates."""

    origin: str
    key: Ed25519PrivateKey
    document_key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None
    chain: Sequence[Certificate] = ()

    def at(self, origin: str) -> "Seal":
        """The same keys under another address, one of before."""
        return replace(self, origin=origin)

    @cached_property
    def did(self) -> str:
        return did_of(self.origin)

    @cached_property
    def listed(self) -> tuple[ListedKey, ...]:
        """The keys in use, that of tokens first."""
        if self._token_key is self.key:
            return (self._proof_listed,)
        return (self._token_listed, self._proof_listed)

    def proved(self, document: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
        """The document with a proof inside."""
        return proved(document, self.key, self._method(self._proof_listed), written(moment))

    def token(self, document: Mapping[str, Any], moment: datetime) -> str:
        """The document as a token, valid from then on."""
        chain = self.chain if self._token_key is not self.key else ()
        return token(document, self._token_key, self._method(self._token_listed), chain, moment)

    @cached_property
    def _token_key(self) -> Private:
        return self.key if self.document_key is None else self.document_key

    @cached_property
    def _proof_listed(self) -> ListedKey:
        return listed(self.key.public_key())

    @cached_property
    def _token_listed(self) -> ListedKey:
        return listed(self._token_key.public_key())

    def _method(self, key: ListedKey) -> str:
        return f"{self.did}#{key.kid}"


def may_sign(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bool:
    """Tokens of Open Badges want RSA or P-256; documents are signed with other keys too, and with
    such as are elsewhere: a device or a service that wants time or money for each signature is
    asked for the document's alone."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and not isinstance(key.curve, ec.SECP256R1):
        return False
    try:
        key.private_numbers()
    except NotImplementedError:
        return False
    return True


def written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def badge_key(settings: CertificatesSettings) -> Ed25519PrivateKey:
    """From EMARGE_BADGE_KEY, else derived from the secret. Raises Misconfigured."""
    if settings.badge_key is None:
        return Ed25519PrivateKey.from_private_bytes(settings.keys.of("badges")[0])
    try:
        key = load_pem_private_key(settings.badge_key.read_bytes(), None)
    except OSError as error:
        raise Misconfigured(f"EMARGE_BADGE_KEY cannot be read: {error.strerror}") from None
    except (ValueError, TypeError) as error:
        raise Misconfigured(f"EMARGE_BADGE_KEY: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Misconfigured(
            "EMARGE_BADGE_KEY is no Ed25519 key (openssl genpkey -algorithm ed25519)"
        )
    return key
