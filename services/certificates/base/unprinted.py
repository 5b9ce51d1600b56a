"""Signs that a document lacks, because no font writes them: noted with the document, told to the
organiser, who may have a font installed and the certificate made anew."""

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, func, select, true

from services.certificates.base.tables import Certificate, Document

# At the end of what else is said of the document.
_NOTED = re.compile(r"(?:^|; )no font has ((?:U\+[0-9A-F]{4,6} ?)+)$")
_LIKE = "%no font has U+%"


def noted(reason: str, characters: str) -> str | None:
    """What to say of a document that was made for this reason and lacks these characters."""
    if not characters:
        return reason or None
    lacking = " ".join(f"U+{ord(character):04X}" for character in characters)
    return "; ".join([*([reason] if reason else []), f"no font has {lacking}"])


def unprinted(connection: Connection, documents: Iterable[str]) -> dict[str, str]:
    """What each of these documents (by SHA-256) lacks, of those that lack something:
    « 𠮷 (U+20BB7), 😀 (U+1F600) »."""
    return _unprinted(connection, Document.sha256.in_(documents))


def all_unprinted(connection: Connection) -> dict[str, str]:
    """The same of every document."""
    return _unprinted(connection, true())


def count_unprinted(connection: Connection, conference: str) -> int:
    """How many certificates of the conference that count lack a sign."""
    counting = (
        Certificate.conference == conference,
        Certificate.revoked_at.is_(None),
        Certificate.superseded_by.is_(None),
    )
    return connection.execute(
        select(func.count())
        .select_from(Certificate)
        .join(Document, Document.sha256 == Certificate.sha256)
        .where(*counting, Document.reason.like(_LIKE))
    ).scalar_one()


def _unprinted(connection: Connection, condition: ColumnElement[bool]) -> dict[str, str]:
    lacking = select(Document.sha256, Document.reason).where(condition, Document.reason.like(_LIKE))
    return {
        row.sha256: ", ".join(_named(point) for point in match[1].split())
        for row in connection.execute(lacking)
        if (match := _NOTED.search(row.reason))
    }


def _named(point: str) -> str:
    """« 😀 (U+1F600) »"""
    return f"{chr(int(point.removeprefix('U+'), base=16))} ({point})"
