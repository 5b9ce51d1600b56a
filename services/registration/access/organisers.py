"""People who sign in: by a link that is sent or handed to them, or by a passkey."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from services.registration.access.roles import MEMBER_ROLES, Rights
from services.registration.access.tables import SignInLink
from services.registration.access.tokens import hash_of_token
from services.registration.base import tables
from services.registration.base.person import address_key
from services.registration.desk import Desk
from shared.base.clock import now
from shared.base.database import upsert
from shared.base.transactions import retried

LINK_LIVES = timedelta(days=7)

_RIGHTS = (
    select(
        tables.Organiser.email,
        tables.Organiser.everywhere,
        tables.Member.role,
        tables.Conference.slug,
    )
    .outerjoin(tables.Member, tables.Member.organiser_id == tables.Organiser.id)
    .outerjoin(tables.Conference, tables.Conference.id == tables.Member.conference_id)
    .where(tables.Organiser.id == bindparam("organiser_id"))
)


@dataclass(frozen=True)
class Entry:
    organiser_id: int
    goes_to: str  # a path of ours


@retried
def invite(desk: Desk, email: str) -> str:
    """A token that signs in, once, someone who from now on may organise every conference."""
    with desk.database.begin() as connection:
        return sign_in_link(connection, make_organiser_of_all(connection, email))


def make_organiser_of_all(connection: Connection, email: str) -> int:
    organiser_id = known_organiser(connection, email)
    connection.execute(
        update(tables.Organiser).where(tables.Organiser.id == organiser_id).values(everywhere=True)
    )
    return organiser_id


def sign_in_link(connection: Connection, organiser_id: int) -> str:
    """A token that signs this person in once."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(SignInLink).values(
            token_hash=hash_of_token(token),
            organiser_id=organiser_id,
            expires_at=now() + LINK_LIVES,
        )
    )
    return token


def known_organiser(connection: Connection, email: str) -> int:
    """The id of the person with this address, who is noted when not known yet."""
    key = address_key(email)
    connection.execute(
        upsert(connection, tables.Organiser).on_conflict_do_nothing(),
        {"email": key, "everywhere": False, "created_at": now()},
    )
    organiser_id: int = connection.execute(
        select(tables.Organiser.id).where(tables.Organiser.email == key)
    ).scalar_one()
    return organiser_id


@retried
def use_link(desk: Desk, token: str, *, has_pass: bool = False) -> Entry | None:
    """Who comes in, and where to; None when the link is unknown, used or too old.

    An emailed link, whose token is only its name, counts when it came with its pass.
    """
    with desk.database.begin() as connection:
        row = connection.execute(
            update(SignInLink)
            .where(
                SignInLink.token_hash == (token if has_pass else hash_of_token(token)),
                SignInLink.used_at.is_(None),
                SignInLink.expires_at > now(),
            )
            .values(used_at=now())
            .returning(SignInLink.organiser_id, SignInLink.goes_to)
        ).first()
        if row is None:
            return None
        note_sign_in(connection, row.organiser_id)
        return Entry(row.organiser_id, row.goes_to or "/organiser")


def note_sign_in(connection: Connection, organiser_id: int) -> None:
    connection.execute(
        update(tables.Organiser)
        .where(tables.Organiser.id == organiser_id)
        .values(last_seen_at=now())
    )


def email_and_rights(connection: Connection, organiser_id: int) -> tuple[str, Rights] | None:
    """Of someone who signed in; None when they are no longer known."""
    rows: Any = connection.execute(_RIGHTS, {"organiser_id": organiser_id}).all()
    if not rows:
        return None
    roles = {row.slug: role for row in rows for role in MEMBER_ROLES if role == row.role}
    return rows[0].email, Rights("organiser" if rows[0].everywhere else None, roles)
