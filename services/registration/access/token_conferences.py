"""Which conferences a token is for: all, the one in its own row, or, a subscriber's, several."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, update
from sqlalchemy.orm import aliased

from services.registration.access.tables import TokenConference
from services.registration.base import tables

_Other = aliased(tables.Conference)
_THEIRS = TokenConference.token_id == tables.ApiToken.id

# The slugs of several, comma-separated; a column beside those of a token.
SEVERAL = (
    select(func.aggregate_strings(_Other.slug, ","))
    .join(TokenConference, TokenConference.conference_id == _Other.id)
    .where(_THEIRS)
    .scalar_subquery()
    .label("several")
)


def also_of(slug: str) -> ColumnElement[bool]:
    """Whether one of several is this one."""
    return exists().where(_THEIRS, TokenConference.conference_id == _Other.id, _Other.slug == slug)


def conferences_of(connection: Connection, number: int) -> Sequence[int | None]:
    """The ids of a token's; none of one that is for all."""
    several = connection.execute(
        select(TokenConference.conference_id).where(TokenConference.token_id == number)
    ).scalars()
    return several.all() or [
        known
        for known in connection.execute(
            select(tables.ApiToken.conference_id).where(tables.ApiToken.id == number)
        ).scalars()
        if known is not None
    ]


def narrow_tokens(connection: Connection, conference_id: int, number: int | None = None) -> None:
    """Subscribers of several conferences, or the one with this number, go on without this one."""
    without = delete(TokenConference).where(TokenConference.conference_id == conference_id)
    of_it = tables.ApiToken.conference_id == conference_id
    if number is not None:
        without = without.where(TokenConference.token_id == number)
        of_it &= tables.ApiToken.id == number
    connection.execute(without)
    another = select(func.min(TokenConference.conference_id)).where(_THEIRS).scalar_subquery()
    connection.execute(
        update(tables.ApiToken).where(of_it, exists().where(_THEIRS)).values(conference_id=another)
    )
