"""The Open Badges credentials that are kept, each beside the document it says the same as."""

from collections.abc import Collection
from typing import Protocol

from sqlalchemy import Connection, func, select, update

from services.certificates.base.records import Record
from services.certificates.base.tables import Document


class Badges(Protocol):
    """Makes badges, where there is a key to sign them with."""

    def of(self, record: Record) -> str | None:
        """A compact JWS; None where none can be made."""


class NoBadges:
    def of(self, _record: Record) -> None:
        """There is no key."""


def read(connection: Connection, sha256: str) -> str | None:
    """Of the document with this hash; "" where none can be made, None where none was made yet."""
    found: str | None = connection.execute(
        select(Document.badge).where(Document.sha256 == sha256)
    ).scalar()
    return found


def keep(connection: Connection, sha256: str, badge: str | None) -> None:
    """Beside the document with this hash: what `read` gives."""
    connection.execute(update(Document).where(Document.sha256 == sha256).values(badge=badge))


def with_badge(connection: Connection, hashes: Collection[str]) -> set[str]:
    """Those of these documents that have a badge, or are signed, so that one may be made: all but
    those for which that was found out to be impossible (a key that badges cannot have)."""
    found = select(Document.sha256).where(
        Document.sha256.in_(hashes),
        Document.signed_by.is_not(None),
        func.coalesce(Document.badge, "to be made") != "",
    )
    return set(connection.execute(found).scalars())
