"""The Open Badges credentials that are kept, each beside the document it says the same as."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, select, update

from services.certificates.base.records import Record
from services.certificates.base.tables import Document


@dataclass(frozen=True)
class Badge:
    """The same credential in the two forms that verifiers know: `token` is a compact JWS, `json`
    has its proof inside."""

    token: str
    json: str


class Badges(Protocol):
    """Makes badges, where the keys are; the same record gives the same one."""

    def reserve(self, records: Sequence[Record]) -> None:
        """Places in the status lists for these, whose badges are wanted next: together they cost
        as much as one."""

    def of(self, record: Record) -> Badge:
        """Signed, with its place in the status lists."""

    def sign_status_list(self, connection: Connection, number: int) -> None:
        """Anew, from what counts no more."""


def read(connection: Connection, sha256: str | None) -> Badge | None:
    """Of the document with this hash; None where none was made yet, or but one of before."""
    columns = select(Document.badge, Document.credential).where(Document.sha256 == sha256)
    row = connection.execute(columns).one_or_none()
    return Badge(row.badge, row.credential) if row and row.badge and row.credential else None


def keep(connection: Connection, sha256: str | None, badge: Badge) -> None:
    """Beside the document with this hash: what `read` gives."""
    kept = update(Document).where(Document.sha256 == sha256)
    connection.execute(kept.values(badge=badge.token, credential=badge.json))
