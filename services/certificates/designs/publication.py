"""Published templates: numbered, and kept as long as the service is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    case,
    delete,
    false,
    insert,
    or_,
    select,
)

from services.certificates.base.tables import (
    CompiledTemplate,
    Publication,
    PublishedTemplate,
    TemplateDraft,
)
from shared.base.clock import now
from shared.base.database import Database, forget_overwritten
from shared.bus.eventlog import EventLog
from shared.events.certificates import DesignPublished

# Why workers trust a design's fast path no more (`CompiledTemplate.differences`).
DIFFERED = "a fast document differed from the full one: all are made the full way"
_DIFFERED = CompiledTemplate.differences > 0


@dataclass(frozen=True)
class Version:
    """`conference` None: for all. `fast` None: compiled by an earlier Emarge, nobody knows."""

    number: int
    conference: str | None
    published_at: datetime
    published_by: str
    fast: bool | None
    reason: str | None


def publish_template(
    connection: Connection, content: bytes, conference: str | None, digest: str, by: str = ""
) -> int:
    """Put a template (as JSON) in force, for one conference or for all; returns its number."""
    number: int = connection.execute(
        insert(PublishedTemplate)
        .values(
            conference=conference,
            content=content,
            published_at=now(),
            published_by=by,
            digest=digest,
        )
        .returning(PublishedTemplate.number)
    ).scalar_one()
    return number


def tell_of(
    connection: Connection,
    log: EventLog,
    conference: str,
    number: int,
    actor_kind: Literal["organiser", "system"],
    actor: str,
) -> None:
    """Who put a design in force, for the history that registration keeps."""
    said = DesignPublished(conference=conference, number=number, actor_kind=actor_kind, actor=actor)
    log.append(connection, said)


def forget_designs(connection: Connection, conference: str, until: datetime) -> None:
    """Those of a conference that is gone; another may be called so since. One that is on its way
    is stopped, and one that was asked for until then goes even where it came into force later."""
    asked = (
        delete(Publication)
        .where(Publication.conference == conference, Publication.asked_at <= until)
        .returning(Publication.number)
    )
    late = [number for number in connection.execute(asked).scalars() if number is not None]
    connection.execute(
        delete(PublishedTemplate).where(
            PublishedTemplate.conference == conference,
            or_(PublishedTemplate.published_at <= until, PublishedTemplate.number.in_(late)),
        )
    )
    connection.execute(
        delete(TemplateDraft).where(
            TemplateDraft.conference == conference, TemplateDraft.saved_at <= until
        )
    )


def forget_version(database: Database, conference: str, number: int) -> bool:
    """Forget a version of a conference's own that is not in force, with the pictures in it; tells
    whether there was one. Nobody's certificate changes."""
    with database.begin() as connection:
        if number == newest(connection, conference):
            return False
        gone = connection.execute(
            delete(PublishedTemplate)
            .where(PublishedTemplate.number == number, PublishedTemplate.conference == conference)
            .returning(PublishedTemplate.digest)
        ).first()
        if gone is None:
            return False
        others = select(PublishedTemplate.digest).where(PublishedTemplate.digest.is_not(None))
        connection.execute(
            delete(CompiledTemplate).where(
                CompiledTemplate.digest == gone.digest, CompiledTemplate.digest.not_in(others)
            )
        )
        forget_overwritten(connection)
    return True


def copy_template(connection: Connection, conference: str, copied_from: str, at: datetime) -> None:
    """Put another conference's own template in force for one that has none of its own."""
    own = select(PublishedTemplate.number).where(PublishedTemplate.conference == conference)
    if connection.execute(own.limit(1)).first():
        return
    original = (
        connection.execute(
            select(
                PublishedTemplate.content, PublishedTemplate.digest, PublishedTemplate.published_by
            )
            .where(PublishedTemplate.conference == copied_from)
            .order_by(PublishedTemplate.number.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    if original is not None:
        connection.execute(
            insert(PublishedTemplate).values(conference=conference, published_at=at, **original)
        )


def newest(connection: Connection, conference: str) -> int | None:
    """The number of the template in force for a conference; None: the one that Emarge ships."""
    return connection.execute(_NEWEST, {"wanted": conference}).scalar()


def read_template(connection: Connection, number: int) -> bytes:
    """A published template, as JSON."""
    return connection.execute(
        select(PublishedTemplate.content).where(PublishedTemplate.number == number)
    ).scalar_one()


def published(connection: Connection, conference: str | None = None) -> Sequence[Version]:
    """Every version, or those that can be in force for one conference; the oldest first."""
    statement = (
        select(
            PublishedTemplate.number,
            PublishedTemplate.conference,
            PublishedTemplate.published_at,
            PublishedTemplate.published_by,
            case((_DIFFERED, false()), else_=CompiledTemplate.fast),
            case((_DIFFERED, DIFFERED), else_=CompiledTemplate.reason),
        )
        .outerjoin(CompiledTemplate, CompiledTemplate.digest == PublishedTemplate.digest)
        .order_by(PublishedTemplate.number)
    )
    if conference is not None:
        statement = statement.where(_can_be_in_force(conference))
    return [Version(*row) for row in connection.execute(statement)]


def shipped_differed(connection: Connection) -> bool:
    """Whether a fast document of the design that Emarge ships was another than the full one."""
    own = select(PublishedTemplate.digest).where(PublishedTemplate.digest.is_not(None))
    differed = select(CompiledTemplate.digest).where(_DIFFERED, CompiledTemplate.digest.not_in(own))
    return connection.execute(differed.limit(1)).first() is not None


def _can_be_in_force(conference: str) -> ColumnElement[bool]:
    return or_(PublishedTemplate.conference == conference, PublishedTemplate.conference.is_(None))


_NEWEST = (
    select(PublishedTemplate.number)
    .where(
        or_(
            PublishedTemplate.conference == bindparam("wanted"),
            PublishedTemplate.conference.is_(None),
        )
    )
    # A conference's own comes before everyone's, then the newest.
    .order_by(PublishedTemplate.conference.is_(None), PublishedTemplate.number.desc())
    .limit(1)
)
