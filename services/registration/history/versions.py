"""Programme versions: each save of a programme is one, kept for ever. The conference is the newest.

A version is the YAML that imports to it, so undoing, copying and comparing read what an organiser
could have written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from services.registration.base.refusals import NotFound
from services.registration.history.acts import Actor
from services.registration.history.tables import ProgrammeVersion
from services.registration.programme.document import Programme, parse_programme
from services.registration.programme.export import programme_yaml
from services.registration.programme.facts import Conference
from shared.base.clock import now
from shared.base.database import upsert


@dataclass(frozen=True)
class Version:
    """One saved state of a programme; `told_people` is how many were told of it, if anybody."""

    number: int
    saved_by: Actor
    saved_at: datetime
    told_at: datetime | None
    told_people: int | None
    note: str | None


_COLUMNS = (
    ProgrammeVersion.number,
    ProgrammeVersion.actor_kind,
    ProgrammeVersion.actor_name,
    ProgrammeVersion.saved_at,
    ProgrammeVersion.told_at,
    ProgrammeVersion.told_people,
    ProgrammeVersion.note,
)


def keep_version(connection: Connection, conference: Conference, actor: Actor) -> None:
    """Keep the programme as it is now, under its version's number."""
    values = {
        "conference_id": conference.id,
        "number": conference.version,
        "document": programme_yaml(conference),
        "actor_kind": actor.kind,
        "actor_name": actor.name,
        "saved_at": now(),
    }
    connection.execute(upsert(connection, ProgrammeVersion).on_conflict_do_nothing(), values)


def versions(connection: Connection, conference_id: int) -> Sequence[Version]:
    """All that were kept, newest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(ProgrammeVersion.conference_id == conference_id)
        .order_by(ProgrammeVersion.number.desc())
    )
    return [
        Version(row.number, Actor(row.actor_kind, row.actor_name), row[3], *row[4:]) for row in rows
    ]


def programme_of(connection: Connection, conference_id: int, number: int) -> Programme:
    """The programme of a version. Raises NotFound."""
    document = connection.execute(
        select(ProgrammeVersion.document).where(
            ProgrammeVersion.conference_id == conference_id, ProgrammeVersion.number == number
        )
    ).scalar()
    if document is None:
        raise NotFound
    return parse_programme(document)


def version_at(connection: Connection, conference_id: int, number: int) -> Programme | None:
    """The programme as it was at that number: the newest version kept until then, if any was."""
    kept = connection.execute(
        select(func.max(ProgrammeVersion.number)).where(
            ProgrammeVersion.conference_id == conference_id, ProgrammeVersion.number <= number
        )
    ).scalar()
    return programme_of(connection, conference_id, kept) if kept else None


def last_told(connection: Connection, conference_id: int) -> int:
    """The version that people were last told of: the first one, until they are told of another."""
    told = connection.execute(
        select(func.max(ProgrammeVersion.number)).where(
            ProgrammeVersion.conference_id == conference_id,
            ProgrammeVersion.told_at.is_not(None),
        )
    ).scalar()
    first = connection.execute(
        select(func.min(ProgrammeVersion.number)).where(
            ProgrammeVersion.conference_id == conference_id
        )
    ).scalar()
    return told or first or 0


def mark_told(
    connection: Connection, conference_id: int, number: int, people: int, note: str
) -> None:
    """People are told of everything up to this version."""
    connection.execute(
        update(ProgrammeVersion)
        .where(ProgrammeVersion.conference_id == conference_id, ProgrammeVersion.number == number)
        .values(told_at=now(), told_people=people, note=note or None)
    )
