"""Published templates: numbered, and kept as long as the service is."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, bindparam, insert, or_, select

from services.certificates.tables import PublishedTemplate


def publish_template(connection: Connection, content: bytes, conference: str | None) -> int:
    """Put a template (as JSON) in force, for one conference or for all; returns its number."""
    number: int = connection.execute(
        insert(PublishedTemplate)
        .values(conference=conference, content=content, published_at=datetime.now(UTC))
        .returning(PublishedTemplate.number)
    ).scalar_one()
    return number


def newest(connection: Connection, conference: str) -> int | None:
    """The number of the template in force for a conference; None: the one that Emarge ships."""
    return connection.execute(_NEWEST, {"wanted": conference}).scalar()


def read_template(connection: Connection, number: int) -> bytes:
    """A published template, as JSON."""
    return connection.execute(
        select(PublishedTemplate.content).where(PublishedTemplate.number == number)
    ).scalar_one()


def published(connection: Connection) -> Sequence[Row[int, str | None, datetime]]:
    """Every version: number, conference, published_at."""
    return connection.execute(
        select(
            PublishedTemplate.number, PublishedTemplate.conference, PublishedTemplate.published_at
        ).order_by(PublishedTemplate.number)
    ).all()


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
