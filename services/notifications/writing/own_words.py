"""The wordings that organisers saved, and the one in force for an email.

A process remembers what it read for some seconds: an email in ten thousand must not ask for it
anew, and whoever saves a text sees it used a moment later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from services.notifications.base.tables import Wording
from services.notifications.writing.letters import Kind, Letter, LetterWriter
from shared.base.clock import monotonic, now
from shared.base.database import Database
from shared.base.transactions import retried

REMEMBERED = 5.0  # seconds

log = structlog.get_logger()


@dataclass(frozen=True)
class Own:
    number: int
    subject: str
    body: str


class OwnWords:
    """Writes letters in the organiser's words where there are some."""

    def __init__(self, database: Database, writer: LetterWriter) -> None:
        self._database = database
        self._press = writer
        self._known: dict[str, tuple[float, dict[tuple[str, str], Own]]] = {}

    def write(self, conference: str, kind: Kind, locale: str, content: dict[str, Any]) -> Letter:
        """The letter in the organiser's words, or in the shipped ones: also when theirs fail."""
        language = self._press.languages[locale].code
        own = self._of(conference).get((kind, language))
        if own is not None:
            try:
                return self._press.write_own(own.subject, own.body, kind, locale, content)
            except Exception as error:  # noqa: BLE001  a text never breaks a sending, whatever it does
                log.warning("wording failed", wording=own.number, error=type(error).__name__)
                with self._database.begin(durable=False) as connection:
                    note_failure(connection, own.number, str(error))
        return self._press.write(kind, locale, content)

    def write_shipped(self, kind: Kind, locale: str, content: dict[str, Any]) -> Letter:
        """The letter in the shipped words, where the organiser's are about something else."""
        return self._press.write(kind, locale, content)

    def _of(self, conference: str) -> dict[tuple[str, str], Own]:
        read_at, known = self._known.get(conference, (-REMEMBERED, {}))
        if monotonic() - read_at >= REMEMBERED:
            with self._database.read() as connection:
                known = in_force(connection, conference)
            self._known[conference] = (monotonic(), known)
        return known


_WRITTEN = ("kind", "language", "subject", "body", "saved_by")


def in_force(connection: Connection, conference: str) -> dict[tuple[str, str], Own]:
    """By kind and language, what is said instead of the shipped words."""
    return {
        (row.kind, row.language): Own(row.id, row.subject, row.body)
        for row in newest(connection, conference)
        if row.body
    }


def newest(connection: Connection, conference: str) -> Sequence[Row[Any]]:
    """The newest version of each text that was ever changed."""
    numbers = (
        select(func.max(Wording.id))
        .where(Wording.conference == conference)
        .group_by(Wording.kind, Wording.language)
    )
    return connection.execute(
        select(*Wording.__table__.columns).where(Wording.id.in_(numbers.scalar_subquery()))
    ).all()


def versions(
    connection: Connection, conference: str, kind: str, language: str
) -> Sequence[Row[Any]]:
    """Newest first."""
    return connection.execute(
        select(*Wording.__table__.columns)
        .where(Wording.conference == conference, Wording.kind == kind, Wording.language == language)
        .order_by(Wording.id.desc())
        .limit(100)
    ).all()


@retried
def save(
    database: Database,
    conference: str,
    kind: str,
    language: str,
    words: tuple[str, str],
    writer: str,
) -> None:
    """A new version: subject and body; both empty returns to the shipped words."""
    version = insert(Wording).values(
        conference=conference,
        kind=kind,
        language=language,
        subject=words[0],
        body=words[1],
        saved_by=writer,
        saved_at=now(),
        failures=0,
    )
    with database.begin() as connection:
        connection.execute(version)


def copy_words(connection: Connection, conference: str, copied_from: str) -> None:
    """A conference made of another one says what that one says now; its own words stay."""
    own = {(row.kind, row.language) for row in newest(connection, conference)}
    for row in newest(connection, copied_from):
        if row.body and (row.kind, row.language) not in own:
            words = {name: getattr(row, name) for name in _WRITTEN}
            connection.execute(
                insert(Wording).values(conference=conference, saved_at=now(), failures=0, **words)
            )


def forget_words(connection: Connection, conference: str, until: datetime) -> None:
    """Those that were saved until then; another conference may be called so since."""
    of_draft = Wording.conference == conference, Wording.saved_at <= until
    connection.execute(delete(Wording).where(*of_draft))


def note_failure(connection: Connection, number: int, reason: str) -> None:
    connection.execute(
        update(Wording)
        .where(Wording.id == number)
        .values(failure=reason[:500], failures=Wording.failures + 1)
    )
