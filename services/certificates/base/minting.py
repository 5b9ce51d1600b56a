"""Codes and links: derived from a certificate's identity and a secret that only this database has.

So nothing has to be written before a document is made: a try that was killed is repeated with the
same code and link. Without the secret both are as unguessable as random ones.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from sqlalchemy import Connection, select

from services.certificates.base.tables import MintSecret
from shared.words.codes import PRINTED, derived_code

LINK_KEY_BYTES = 18


class Mint:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def of(cls, connection: Connection) -> "Mint":
        return cls(connection.execute(select(MintSecret.secret)).scalar_one())

    def code(self, certificate: str) -> str:
        """The public code, as printed."""
        return derived_code(self._derived("code", certificate), *PRINTED)

    def link_key(self, certificate: str, generation: int = 0) -> str:
        """What opens the holder's link; the printed code is for everyone and is not it. Another
        generation is another key: that of before is ended."""
        about = f"{certificate}/{generation}" if generation else certificate
        return urlsafe_b64encode(self._derived("link", about)[:LINK_KEY_BYTES]).decode()

    def employer_key(self, link: str) -> str:
        """What opens the link that was made for an employer."""
        return urlsafe_b64encode(self._derived("employer", link)[:LINK_KEY_BYTES]).decode()

    def _derived(self, purpose: str, certificate: str) -> bytes:
        return hmac.digest(self._secret, f"{purpose}/{certificate}".encode(), sha256)
