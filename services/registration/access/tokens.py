"""Bearer tokens: of the API, of doors, of who subscribes to events. Only hashes are kept."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.registration.access.ending import end_token
from services.registration.access.roles import Rights
from services.registration.access.tables import TokenConference
from services.registration.access.token_conferences import (
    SEVERAL,
    also_of,
    conferences_of,
    narrow_tokens,
)
from services.registration.base import tables
from services.registration.base.refusals import ExpiryPast, NameTaken, NotFound
from services.registration.desk import Desk
from services.registration.history.acts import SYSTEM, Actor, note
from shared.base.clock import now
from shared.base.transactions import Collision, refers_to_nothing, retried
from shared.watching.security import say

TokenRole = Literal["organiser", "staff", "service", "subscriber"]
TOKEN_ROLES: tuple[TokenRole, ...] = get_args(TokenRole)

PREFIX = "emarge_"  # lets secret scanners recognise one that leaked
AFTER_THE_DAY = timedelta(hours=6)  # that a door's key lives on: phones send late what they scanned
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class NewToken:
    """What is wanted. `conference_id` is that of the one it is good for, none for all; `types` are
    the events that a subscriber reads, none for all, and `others` those of more conferences."""

    name: str
    role: TokenRole
    conference_id: int | None = None
    expires_at: datetime | None = None
    types: tuple[str, ...] = ()
    others: tuple[int, ...] = ()

    @property
    def conference_ids(self) -> tuple[int, ...]:
        return () if self.conference_id is None else (self.conference_id, *self.others)


@dataclass(frozen=True)
class Token:
    """What is known of one, without the secret. `until`: when it ends by itself; `conferences`:
    all of a subscriber's, of which `conference` is one."""

    number: int
    name: str
    role: TokenRole
    conference: str | None
    conferences: tuple[str, ...]
    types: tuple[str, ...]
    created_at: datetime
    made_by: Actor | None
    until: datetime | None
    used_at: datetime | None
    day_closed: bool

    @property
    def is_door_key(self) -> bool:
        return self.role == "staff" and self.conference is not None

    @property
    def rights(self) -> Rights:
        if self.conference is None:
            return Rights(everywhere=self.role)
        if self.is_door_key and self.day_closed:
            return Rights(of={self.conference: "closed-door"})
        return Rights(of={self.conference: self.role})


_KNOWN = (
    select(
        tables.ApiToken.id,
        tables.ApiToken.name,
        tables.ApiToken.role,
        tables.ApiToken.types,
        tables.ApiToken.created_at,
        tables.ApiToken.made_by_kind,
        tables.ApiToken.made_by_name,
        tables.ApiToken.expires_at,
        tables.ApiToken.used_at,
        tables.Conference.slug,
        tables.Conference.ends_at,
        tables.Conference.closed_at,
        SEVERAL,
    )
    .outerjoin(tables.Conference, tables.Conference.id == tables.ApiToken.conference_id)
    .where(tables.ApiToken.revoked_at.is_(None))
)
_BY_HASH = _KNOWN.where(tables.ApiToken.token_hash == bindparam("given_hash"))
_BY_NUMBER = _KNOWN.where(tables.ApiToken.id == bindparam("token_number"))
_BY_NAME = _KNOWN.where(tables.ApiToken.name == bindparam("token_name"))


@retried
def create_token(desk: Desk, wanted: NewToken, *, by: Actor = SYSTEM) -> str:
    """A new token; this is the only time that it can be seen. Raises NameTaken, ExpiryPast."""
    token = PREFIX + secrets.token_urlsafe(32)
    moment = now()
    if wanted.expires_at is not None and wanted.expires_at <= moment:
        raise ExpiryPast
    with desk.database.begin() as connection:
        _free_name(connection, wanted.name)
        row = {
            "name": wanted.name,
            "role": wanted.role,
            "conference_id": wanted.conference_id,
            "types": list(wanted.types),
            "token_hash": hash_of_token(token),
            "created_at": moment,
            "made_by_kind": by.kind,
            "made_by_name": by.name,
            "expires_at": wanted.expires_at,
        }
        try:
            connection.execute(insert(tables.ApiToken).values(row))
        except IntegrityError as error:
            if refers_to_nothing(error):
                raise
            raise Collision from None  # somebody took the name since it was looked up
        made: dict[str, Any] = {"name": wanted.name, "role": wanted.role}
        if wanted.expires_at is not None:
            made["expires_at"] = wanted.expires_at
        number = connection.execute(_BY_HASH, {"given_hash": hash_of_token(token)}).one().id
        if wanted.others:
            rows = [{"token_id": number, "conference_id": each} for each in wanted.conference_ids]
            connection.execute(insert(TokenConference), rows)
        for each in wanted.conference_ids or (None,):
            note(connection, by, "token.created", conference_id=each, after=made)
    say("token.created", token=number, role=wanted.role)
    return token


@retried
def revoke_token(desk: Desk, name: str, *, by: Actor = SYSTEM) -> None:
    """Take back the living token of that name. Raises NotFound."""
    with desk.database.begin() as connection:
        token = _living(connection.execute(_BY_NAME, {"token_name": name}).first())
        if token is None:
            raise NotFound
        _revoke(desk, connection, token, by)


@retried
def revoke_number(desk: Desk, slug: str, number: int, *, by: Actor) -> None:
    """The same of one of a conference's; of one that has ended, harmless. A subscriber of several
    goes on with the others, and is this one's no more: again raises NotFound, as for another's."""
    with desk.database.begin() as connection:
        token = _held(connection, number)
        if token is None:
            return
        if slug not in (token.conference, *token.conferences):
            raise NotFound
        if len(token.conferences) > 1:
            conference_id = desk.programmes.fresh(slug).id
            narrow_tokens(connection, conference_id, number)
            gone = {"name": token.name, "role": token.role}
            note(connection, by, "token.revoked", conference_id=conference_id, before=gone)
        else:
            _revoke(desk, connection, token, by)


@retried
def revoke_subscriber(desk: Desk, number: int, *, by: Actor) -> None:
    """Take back a subscriber's, of whatever conferences; again is harmless."""
    with desk.database.begin() as connection:
        token = _held(connection, number)
        if token is not None and token.role == "subscriber":
            _revoke(desk, connection, token, by)


def find_token(connection: Connection, token: str) -> Token | None:
    """None when it is unknown, was taken back or has ended."""
    return _living(connection.execute(_BY_HASH, {"given_hash": hash_of_token(token)}).first())


def read_token(connection: Connection, number: int) -> Token | None:
    """The token that a session remembers by its number; None once it has ended."""
    return _living(connection.execute(_BY_NUMBER, {"token_number": number}).first())


def living_tokens(connection: Connection, slug: str | None = None) -> Sequence[Token]:
    """Those that open something, of a conference or all, by name."""
    wanted = _KNOWN.order_by(tables.ApiToken.name, tables.ApiToken.id)
    if slug is not None:
        wanted = wanted.where((tables.Conference.slug == slug) | also_of(slug))
    return [token for row in connection.execute(wanted) if (token := _living(row))]


@retried
def note_used(desk: Desk, token: Token) -> None:
    """That it was used, if that was not noted lately."""
    if token.used_at is not None and now() - token.used_at < USED_EVERY:
        return
    with desk.database.begin(durable=False) as connection:
        connection.execute(
            update(tables.ApiToken).where(tables.ApiToken.id == token.number).values(used_at=now())
        )


def hash_of_token(token: str) -> str:
    # A token has 256 bits of its own: a slow hash would protect it no better.
    return hashlib.sha256(token.encode()).hexdigest()


def _free_name(connection: Connection, name: str) -> None:
    """The name of a token that ended by itself is free again. Raises NameTaken."""
    token = _known(connection.execute(_BY_NAME, {"token_name": name}).first())
    if token is None:
        return
    if token.until is None or token.until > now():
        raise NameTaken(name=name)
    _mark_revoked(connection, token, token.until)


def _revoke(desk: Desk, connection: Connection, token: Token, by: Actor) -> None:
    _mark_revoked(connection, token, now())
    gone = {"name": token.name, "role": token.role}
    for conference_id in conferences_of(connection, token.number) or [None]:
        note(connection, by, "token.revoked", conference_id=conference_id, before=gone)
    end_token(desk, connection, token.number)


def _mark_revoked(connection: Connection, token: Token, moment: datetime) -> None:
    connection.execute(
        update(tables.ApiToken).where(tables.ApiToken.id == token.number).values(revoked_at=moment)
    )


def _held(connection: Connection, number: int) -> Token | None:
    """With its row, until the end of the transaction: of two who take it back at once the second
    reads what the first has left."""
    row = select(tables.ApiToken.id).where(tables.ApiToken.id == number)
    connection.execute(row.with_for_update())
    return _known(connection.execute(_BY_NUMBER, {"token_number": number}).first())


def _living(row: Row[Any] | None) -> Token | None:
    token = _known(row)
    return token if token and (token.until is None or token.until > now()) else None


def _known(row: Row[Any] | None) -> Token | None:
    if row is None:
        return None
    [role] = [known for known in TOKEN_ROLES if known == row.role]
    ends = [row.expires_at] if row.expires_at else []
    if role == "staff" and row.slug:
        ends.append(row.ends_at + AFTER_THE_DAY)
    return Token(
        number=row.id,
        name=row.name,
        role=role,
        conference=row.slug,
        conferences=tuple(sorted(row.several.split(","))) if row.several else (),
        types=tuple(row.types),
        created_at=row.created_at,
        made_by=Actor(row.made_by_kind, row.made_by_name) if row.made_by_kind else None,
        until=min(ends, default=None),
        used_at=row.used_at,
        day_closed=row.closed_at is not None,
    )
