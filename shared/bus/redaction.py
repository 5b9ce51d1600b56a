"""Taking a person out of the inbox and the log: of what is about them, all that tells who they are;
of what is about others, their name."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from shared.base.database import forget_overwritten
from shared.bus import erasure, eventlog
from shared.bus.jobs import JOBS
from shared.bus.versions import Envelope
from shared.events.contracts import (
    also_in,
    erases,
    naming,
    without_named,
    without_others,
    without_person,
)


def erase(connection: Connection, events: Sequence[Envelope]) -> None:
    """Whoever these events erase is gone from here; nothing that comes late brings them back."""
    erasures = [event for event in events if event.get("subject") and erases(event)]
    subjects = {event["subject"] for event in erasures}
    if subjects:
        erasure.remember(connection, subjects)
    for subject in sorted(subjects):
        redact(connection, subject)
        eventlog.redact(connection, subject)
    if subjects:
        forget_overwritten(connection)
    for subject in sorted({each for event in erasures for each in also_in(event)}):
        redact_others(connection, subject)
        eventlog.redact_others(connection, subject)


def redact(connection: Connection, subject: str) -> None:
    """Take a person out of every job about them, in whatever state, and out of its reason.

    Who works on one goes on with what they hold.
    """
    _redact(connection, subject, without_person)


def redact_others(connection: Connection, subject: str) -> None:
    """Take out of every job about a subject whoever else it names."""
    _redact(connection, subject, without_others)


def redact_named(connection: Connection, is_them: Callable[[str], bool]) -> None:
    """Take a person who is known by a name or an address out of what is about no subject."""
    # Which types there are is known once a service has been imported.
    about_nobody = select(JOBS.c.id, JOBS.c.envelope).where(
        JOBS.c.subject.is_(None), JOBS.c.type.in_(naming())
    )
    for row in connection.execute(about_nobody).all():
        event = json.loads(row.envelope)
        redacted = without_named(event, is_them)
        if redacted != event:
            values = [{"of_job": row.id, "redacted": json.dumps(redacted, ensure_ascii=False)}]
            connection.execute(_REDACT, values)
    eventlog.redact_named(connection, is_them)


def _redact(
    connection: Connection, subject: str, without: Callable[[Envelope], dict[str, Any]]
) -> None:
    rows = connection.execute(_ABOUT, {"about": subject}).all()
    if rows:
        redacted = [
            {
                "of_job": row.id,
                "redacted": json.dumps(without(json.loads(row.envelope)), ensure_ascii=False),
            }
            for row in rows
        ]
        connection.execute(_REDACT, redacted)


_ABOUT = select(JOBS.c.id, JOBS.c.envelope).where(JOBS.c.subject == bindparam("about"))
_REDACT = (
    update(JOBS)
    .where(JOBS.c.id == bindparam("of_job"))
    .values(envelope=bindparam("redacted"), error=None)
)
