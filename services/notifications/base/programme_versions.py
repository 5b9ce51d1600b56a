"""The versions of each programme that were heard of, to say what differs between them."""

from functools import lru_cache

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, select

from services.notifications.base.tables import KnownProgramme
from shared.base.database import upsert
from shared.events.registration import ConferenceChanged, Difference, Programme

_DIFFERENCES = TypeAdapter(tuple[Difference, ...])


def keep(connection: Connection, said: Programme) -> None:
    """A version, with what people are told of it; again is harmless."""
    row = {
        "slug": said.conference.slug,
        "version": said.programme_version,
        "programme": written(said),
        "differences": "[]",
        "note": "",
    }
    statement = upsert(connection, KnownProgramme)
    if isinstance(said, ConferenceChanged) and said.tell:
        told = {
            "differences": _DIFFERENCES.dump_json(said.differences).decode(),
            "note": said.note,
        }
        key = [KnownProgramme.slug, KnownProgramme.version]
        connection.execute(
            statement.values(row | told).on_conflict_do_update(index_elements=key, set_=told)
        )
    else:
        connection.execute(statement.values(row).on_conflict_do_nothing())


def at(connection: Connection, slug: str, number: int) -> Programme | None:
    """The programme as it was at a version; None when that was before anything was heard of it."""
    found = connection.execute(
        select(KnownProgramme.programme)
        .where(KnownProgramme.slug == slug, KnownProgramme.version <= number)
        .order_by(KnownProgramme.version.desc())
        .limit(1)
    ).scalar()
    return parsed(found) if found else None


def differences_told(connection: Connection, slug: str, number: int) -> tuple[Difference, ...]:
    """What a notice said of everything since the notice before it."""
    found = connection.execute(
        select(KnownProgramme.differences).where(
            KnownProgramme.slug == slug, KnownProgramme.version == number
        )
    ).scalar()
    return _DIFFERENCES.validate_json(found or "[]")


def notes_since(connection: Connection, slug: str, number: int) -> list[str]:
    """The organiser's words of the notices after a version, oldest first."""
    return list(
        connection.execute(
            select(KnownProgramme.note)
            .where(
                KnownProgramme.slug == slug,
                KnownProgramme.version > number,
                KnownProgramme.note != "",
            )
            .order_by(KnownProgramme.version)
        ).scalars()
    )


def forget(connection: Connection, slug: str, number: int) -> None:
    """This version and every later one."""
    connection.execute(
        delete(KnownProgramme).where(KnownProgramme.slug == slug, KnownProgramme.version >= number)
    )


def written(said: Programme) -> str:
    return said.model_dump_json(include=set(Programme.model_fields))


@lru_cache(maxsize=64)  # every email of a day is made from the same
def parsed(written: str) -> Programme:
    return Programme.model_validate_json(written)
