"""How files of a shape were read the last time, where somebody changed what was guessed.

It holds for the whole installation: an organisation's tool writes the same columns for each of its
days. What nobody used for three years is forgotten. A file without headings has no shape, and
nothing is remembered of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, select, update

from services.registration.history.acts import Actor, note
from services.registration.lists.columns import FIELDS, SESSION
from services.registration.lists.tables import RememberedColumns
from services.registration.programme.facts import Conference
from shared.base.clock import now
from shared.base.database import upsert

KEPT = timedelta(days=3 * 365)  # after it was used last


@dataclass(frozen=True)
class Remembered:
    """Fields by the place of their column, who said so and when."""

    fields: Mapping[int, str]
    actor: Actor
    set_at: datetime


def recall(connection: Connection, conference: Conference, shape: str) -> Remembered | None:
    """As far as this conference has the sessions that are named."""
    row = connection.execute(
        select(RememberedColumns.__table__).where(RememberedColumns.shape == shape, ~_unused())
    ).first()
    if row is None:
        return None
    fields = {
        int(place): field
        for place, field in row.fields.items()
        if field in FIELDS or field.removeprefix(SESSION) in conference.by_slug
    }
    return Remembered(fields, Actor(row.actor_kind, row.actor_name), row.set_at)


def remember(
    connection: Connection,
    conference: Conference,
    shape: str,
    fields: Mapping[int, str],
    actor: Actor,
) -> None:
    """From now on files of this shape are read so."""
    said = {
        "fields": {str(place): field for place, field in sorted(fields.items())},
        "actor_kind": actor.kind,
        "actor_name": actor.name,
        "set_at": now(),
        "used_at": now(),
    }
    connection.execute(
        upsert(connection, RememberedColumns)
        .values(shape=shape, **said)
        .on_conflict_do_update(index_elements=["shape"], set_=said)
    )
    told = {"columns": len(fields)}
    note(connection, actor, "columns.remembered", conference_id=conference.id, after=told)


def note_use(connection: Connection, shape: str) -> None:
    connection.execute(
        update(RememberedColumns)
        .where(RememberedColumns.shape == shape, ~_unused())
        .values(used_at=now())
    )


def forget(connection: Connection, conference: Conference, shape: str, actor: Actor) -> None:
    """From now on they are guessed; again is harmless."""
    gone = connection.execute(delete(RememberedColumns).where(RememberedColumns.shape == shape))
    if gone.rowcount:
        note(connection, actor, "columns.forgotten", conference_id=conference.id)


def forget_unused(connection: Connection) -> None:
    """What nobody used for long enough; until then it is as if it had gone already."""
    connection.execute(delete(RememberedColumns).where(_unused()))


def _unused() -> ColumnElement[bool]:
    return RememberedColumns.used_at < now() - KEPT
