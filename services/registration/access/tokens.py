"""Who may do more than look: bearer tokens, of which only hashes are kept."""

import hashlib
import secrets
from typing import Literal, get_args

from sqlalchemy import Connection, bindparam, insert, select, update

from services.registration import tables
from services.registration.desk import now

Role = Literal["organiser", "staff", "service"]
ROLES: tuple[Role, ...] = get_args(Role)

PREFIX = "emarge_"  # lets secret scanners recognise one that leaked

_ROLE = select(tables.ApiToken.role).where(
    tables.ApiToken.token_hash == bindparam("given_hash"), tables.ApiToken.revoked_at.is_(None)
)


def create_token(connection: Connection, name: str, role: Role) -> str:
    """A new token; this is the only time that it can be seen."""
    token = PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        insert(tables.ApiToken).values(
            name=name, role=role, token_hash=hash_of_token(token), created_at=now()
        )
    )
    return token


def revoke_token(connection: Connection, name: str) -> int:
    """Take back every token of that name; returns how many."""
    return connection.execute(
        update(tables.ApiToken)
        .where(tables.ApiToken.name == name, tables.ApiToken.revoked_at.is_(None))
        .values(revoked_at=now())
    ).rowcount


def role_of(connection: Connection, token: str) -> Role | None:
    role = connection.execute(_ROLE, {"given_hash": hash_of_token(token)}).scalar()
    return next((known for known in ROLES if known == role), None)


def hash_of_token(token: str) -> str:
    # A token has 256 bits of its own: a slow hash would protect it no better.
    return hashlib.sha256(token.encode()).hexdigest()
