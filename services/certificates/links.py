"""The public links of a certificate: where anyone checks it, and where its holder fetches it."""

import secrets
from dataclasses import dataclass

from services.certificates.records import Record


def new_link_key() -> str:
    """What makes the holder's link unguessable; the printed code is for everyone and is not it."""
    return secrets.token_urlsafe(18)


@dataclass(frozen=True)
class Links:
    public_url: str

    def verify(self, code: str) -> str:
        return f"{self.public_url}/verify/{code}"

    def download(self, record: Record) -> str:
        return f"{self.public_url}/certificates/{record.code}.pdf?key={record.link_key}"
