"""Bearer tokens: of the API, and of the door. Only their hashes are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, insert, select, update

from services.registration.access.roles import Rights
from services.registration.base import tables
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM, Actor, note
from shared.base.clock import now
from shared.base.transactions import retried

TokenRole = Literal["organiser", "staff", "service"]
TOKEN_ROLES: tuple[TokenRole, ...] = get_args(TokenRole)

PREFIX = "emarge_"  # lets secret scanners recognise one that leaked


@dataclass(frozen=True)
class Token:
    """What is known of one, without the secret."""

    number: int
    name: str
    rights: Rights


def _valid(condition: ColumnElement[bool]) -> Select[int, str, str, str]:
    return (
        select(
            tables.ApiToken.id, tables.ApiToken.name, tables.ApiToken.role, tables.Conference.slug
        )
        .outerjoin(tables.Conference, tables.Conference.id == tables.ApiToken.conference_id)
        .where(condition, tables.ApiToken.revoked_at.is_(None))
    )


_BY_HASH = _valid(tables.ApiToken.token_hash == bindparam("given_hash"))
_BY_NUMBER = _valid(tables.ApiToken.id == bindparam("token_number"))


@retried
def create_token(
    desk: Desk,
    name: str,
    role: TokenRole,
    conference_id: int | None = None,
    *,
    by: Actor = SYSTEM,
) -> str:
    """A new token, for one conference or for all; this is the only time that it can be seen."""
    with desk.database.begin() as connection:
        token = PREFIX + secrets.token_urlsafe(32)
        connection.execute(
            insert(tables.ApiToken).values(
                name=name,
                role=role,
                conference_id=conference_id,
                token_hash=hash_of_token(token),
                created_at=now(),
            )
        )
        made = {"name": name, "role": role}
        note(connection, by, "token.created", conference_id=conference_id, after=made)
        return token


@retried
def revoke_token(desk: Desk, name: str) -> int:
    """Take back every token of that name; returns how many."""
    with desk.database.begin() as connection:
        return connection.execute(
            update(tables.ApiToken)
            .where(tables.ApiToken.name == name, tables.ApiToken.revoked_at.is_(None))
            .values(revoked_at=now())
        ).rowcount


def find_token(connection: Connection, token: str) -> Token | None:
    """None when it is unknown or was taken back."""
    return _read(connection.execute(_BY_HASH, {"given_hash": hash_of_token(token)}).first())


def read_token(connection: Connection, number: int) -> Token | None:
    """The token that a session remembers by its number; None once it was taken back."""
    return _read(connection.execute(_BY_NUMBER, {"token_number": number}).first())


def hash_of_token(token: str) -> str:
    # A token has 256 bits of its own: a slow hash would protect it no better.
    return hashlib.sha256(token.encode()).hexdigest()


def _read(row: Row[int, str, str, str] | None) -> Token | None:
    if row is None:
        return None
    [role] = [known for known in TOKEN_ROLES if known == row.role]
    rights = Rights(of={row.slug: role}) if row.slug else Rights(everywhere=role)
    return Token(row.id, row.name, rights)
