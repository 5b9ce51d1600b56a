"""Rewriting what was said: the envelopes of some types, in the log and the inbox.

For a person who is named in what is not about them, as a speaker is in a programme, and for what
was corrected since; who is erased is redacted by the subject.
"""

import json
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from shared.base.errors import Later
from shared.bus.inbox import JobRow
from shared.bus.logged import LoggedEvent
from shared.events.registration import PROGRAMMES
from shared.events.speakers import without_speaker

_SOON = timedelta(seconds=2)

Rewrite = Callable[[dict[str, Any]], dict[str, Any]]


def rewrite(
    connection: Connection, types: Collection[str], change: Rewrite, subject: str | None = None
) -> None:
    """Replace the data of every event of these types, about a subject if one is given, whether
    published or filed here; what was redacted stays as it is.

    `change` is given the data and returns what is left of it.
    """
    for table, key in ((LoggedEvent, LoggedEvent.number), (JobRow, JobRow.id)):
        found = select(key, table.envelope).where(table.type.in_(types))
        if subject is not None:
            found = found.where(table.subject == subject)
        for number, envelope in connection.execute(found).all():
            event = json.loads(envelope)
            if event.get("redacted"):
                continue
            data = change(event["data"])
            if data != event["data"]:
                written = json.dumps(
                    {**event, "data": data}, ensure_ascii=False, separators=(",", ":")
                )
                connection.execute(update(table).where(key == number).values(envelope=written))


def unsay_speaker(connection: Connection, conference: str, speaker: str) -> None:
    """Take them, by their id, out of every programme of a conference."""

    def unsaid(said: dict[str, Any]) -> dict[str, Any]:
        is_of_it = said["conference"]["slug"] == conference
        return without_speaker(conference, speaker, said) if is_of_it else said

    rewrite(connection, PROGRAMMES, unsaid)


def wait_until_filed(
    connection: Connection, types: Collection[str], subject: str | None = None
) -> None:
    """Raises Later while an event of these types, about a subject if one is given, is still to be
    handled here: what it says is of before, and would come back after it was taken away."""
    waiting = select(JobRow.id).where(
        JobRow.type.in_(types), JobRow.state.in_(("waiting", "queued", "running"))
    )
    if subject is not None:
        waiting = waiting.where(JobRow.subject == subject)
    if connection.execute(waiting.limit(1)).first() is not None:
        raise Later(_SOON, f"{', '.join(types)}: still to be handled")
