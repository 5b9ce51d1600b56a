"""Asking for documents to be preserved: each a job of the inbox, which a kill does not lose.

A new document is asked for when it is recorded; those whose timestamp nears its end are looked for
once a day. All of one authority end together, so each comes up at a moment of its own within the
last quarter of that time: nobody is asked for a hundred thousand timestamps in one night.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Connection, Row, select, update

from services.certificates.base.records import COUNTS, IS_FILE_OF
from services.certificates.base.tables import Certificate, Document
from services.certificates.resources import Resources
from shared.base.clock import now
from shared.base.database import Database
from shared.base.transactions import retried
from shared.bus.inbox import schedule
from shared.events import Event, Payload
from shared.process.service import Job

FLOW = "preservation"  # certificates that are being issued never wait behind it
# Authorities publish what they revoked with some delay; and many documents share their answers.
SETTLED = timedelta(minutes=10)
DAY = timedelta(days=1)
LONGEST_LEAD, LONGEST_SPREAD = timedelta(days=180), timedelta(days=90)
PAGE = 500


class PreservationAsked(Payload):
    """One document, as it is now, is to be extended by what keeps its signature verifiable."""

    type: ClassVar[str] = "certificate.preservation-asked"
    sha256: str


class AgeingSought(Payload):
    """Once a day: whose timestamp nears its end?"""

    type: ClassVar[str] = "certificate.ageing-sought"
    day: str
    after: str = ""


def ask(connection: Connection, sha256: str, due_at: datetime, subject: str) -> None:
    """Once for a document and the moment at which it is due, however often it is asked for."""
    schedule(
        connection,
        PreservationAsked(sha256=sha256),
        key=f"preserve:{sha256}:{due_at:%Y%m%d%H%M%S}",
        at=due_at,
        subject=subject,
        flow=FLOW,
    )


def next_due(holds_until: datetime | None, sha256: str) -> datetime | None:
    """When a document whose timestamp carries so long is seen to again; never, without one."""
    if holds_until is None:
        return None
    left = max(holds_until - now(), timedelta())
    share = int(sha256[:8], 16) / 0xFFFFFFFF
    return holds_until - min(LONGEST_LEAD, left / 8) - share * min(LONGEST_SPREAD, left / 8)


@retried
def begin_seeking(database: Database) -> None:
    """Today's look, if there was none."""
    with database.begin() as connection:
        _seek(connection, now())


def seek(event: Event[AgeingSought], job: Job, resources: Resources) -> None:
    """A page of what is due, then the next one; tomorrow again."""
    sought = event.data
    with resources.database.begin() as connection:
        page = _due(connection, sought.after)
        for row in page:
            ask(connection, row.sha256, row.due_at, row.registration_id)
        if len(page) == PAGE:
            further = sought.model_copy(update={"after": page[-1].sha256})
            key = f"ageing:{sought.day}:{further.after}"
            schedule(connection, further, key=key, at=now())
        if not sought.after:
            _seek(connection, now() + DAY)
        job.complete(connection)


@retried
def ask_again(database: Database, conference: str | None) -> int:
    """What cannot be, or waits for an authority, is tried now; returns how many."""
    moment = now()
    with database.begin() as connection:
        statement = (
            select(Document.sha256, Certificate.registration_id)
            .join(Certificate, IS_FILE_OF)
            .where(*COUNTS, Document.failing_since.is_not(None))
        )
        if conference is not None:
            statement = statement.where(Certificate.conference == conference)
        rows = connection.execute(statement).all()
        for row in rows:
            due_at = _set_due(connection, row.sha256, moment)
            ask(connection, row.sha256, due_at, row.registration_id)
    return len(rows)


def _seek(connection: Connection, at: datetime) -> None:
    day = at.date().isoformat()
    schedule(connection, AgeingSought(day=day), key=f"ageing:{day}", at=at)


def _due(connection: Connection, after: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """A page of the documents that count and are due."""
    return connection.execute(
        select(Document.sha256, Document.due_at, Certificate.registration_id)
        .join(Certificate, IS_FILE_OF)
        .where(*COUNTS, Document.sha256 > after, Document.due_at <= now())
        .order_by(Document.sha256)
        .limit(PAGE)
    ).all()


def _set_due(connection: Connection, sha256: str, due_at: datetime) -> datetime:
    connection.execute(update(Document).where(Document.sha256 == sha256).values(due_at=due_at))
    return due_at
