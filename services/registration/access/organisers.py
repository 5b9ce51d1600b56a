"""Organisers sign in by a link that is sent or handed to them; there are no passwords."""

import secrets
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from services.registration import tables
from services.registration.access.tokens import hash_of_token
from services.registration.desk import now
from services.registration.people.person import email_key
from shared.database import upsert

LINK_LIVES = timedelta(days=7)


def invite(connection: Connection, email: str) -> str:
    """A token that signs this organiser in once; they become one when they are not yet."""
    connection.execute(
        upsert(connection, tables.Organiser).on_conflict_do_nothing(),
        {"email": email_key(email), "created_at": now()},
    )
    organiser_id = connection.execute(
        select(tables.Organiser.id).where(tables.Organiser.email == email_key(email))
    ).scalar_one()
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(tables.SignInLink).values(
            token_hash=hash_of_token(token),
            organiser_id=organiser_id,
            expires_at=now() + LINK_LIVES,
        )
    )
    return token


def sign_in(connection: Connection, token: str) -> int | None:
    """The organiser's id; None when the link is unknown, used or too old."""
    organiser_id: int | None = connection.execute(
        update(tables.SignInLink)
        .where(
            tables.SignInLink.token_hash == hash_of_token(token),
            tables.SignInLink.used_at.is_(None),
            tables.SignInLink.expires_at > now(),
        )
        .values(used_at=now())
        .returning(tables.SignInLink.organiser_id)
    ).scalar()
    if organiser_id is not None:
        connection.execute(
            update(tables.Organiser)
            .where(tables.Organiser.id == organiser_id)
            .values(last_seen_at=now())
        )
    return organiser_id


def organiser_email(connection: Connection, organiser_id: int) -> str | None:
    email: str | None = connection.execute(
        select(tables.Organiser.email).where(tables.Organiser.id == organiser_id)
    ).scalar()
    return email
