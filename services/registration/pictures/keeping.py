"""The pictures of a conference: kept with it, as long as a version of its programme shows them."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, literal, select

from services.registration.base.refusals import PictureUnknown
from services.registration.history.tables import ProgrammeVersion
from services.registration.pictures.reading import Drawn
from services.registration.pictures.tables import Picture
from services.registration.programme.facts import Conference
from shared.base.database import upsert


def keep(connection: Connection, conference_id: int, drawn: Iterable[Drawn]) -> None:
    """Again is harmless."""
    for each in drawn:
        for width, content in each.sizes.items():
            connection.execute(
                upsert(connection, Picture).on_conflict_do_nothing(),
                {
                    "conference_id": conference_id,
                    "name": each.name,
                    "width": width,
                    "kind": each.kind,
                    "content": content,
                },
            )


def adopt(connection: Connection, conference: Conference) -> None:
    """Whatever the programme shows and came with another conference's export, or copy, is taken
    from there. Raises PictureUnknown for what no conference has."""
    if not conference.pictures:
        return
    for name in sorted(conference.pictures - _names(connection, conference.id)):
        _copy(connection, conference.id, name)


def forget_unshown(connection: Connection, conference_id: int) -> None:
    """Whatever no version of its programme shows, old ones included, goes."""
    for name in _names(connection, conference_id):
        shown = select(ProgrammeVersion.number).where(
            ProgrammeVersion.conference_id == conference_id,
            ProgrammeVersion.document.contains(name),
        )
        if connection.execute(shown.limit(1)).first() is None:
            connection.execute(
                delete(Picture).where(Picture.conference_id == conference_id, Picture.name == name)
            )


def read(
    connection: Connection, conference_id: int, name: str, width: int
) -> tuple[str, bytes] | None:
    """Its kind and content; None when the conference has none of that name and width."""
    row = connection.execute(
        select(Picture.kind, Picture.content).where(
            Picture.conference_id == conference_id, Picture.name == name, Picture.width == width
        )
    ).first()
    return (row.kind, row.content) if row else None


def _copy(connection: Connection, conference_id: int, name: str) -> None:
    owner = connection.execute(
        select(Picture.conference_id).where(Picture.name == name).limit(1)
    ).scalar()
    if owner is None:
        raise PictureUnknown(name=name)
    columns = (Picture.name, Picture.width, Picture.kind, Picture.content)
    theirs = select(literal(conference_id), *columns).where(
        Picture.conference_id == owner, Picture.name == name
    )
    names = ["conference_id", *(column.key for column in columns)]
    connection.execute(insert(Picture).from_select(names, theirs))


def _names(connection: Connection, conference_id: int) -> set[str]:
    kept = select(Picture.name).where(Picture.conference_id == conference_id).distinct()
    return set(connection.execute(kept).scalars())
