"""Who is signed in where: a row for each, named by its cookie, ended on the server."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from services.registration.access.ending import end_session
from services.registration.access.tables import SignIn
from services.registration.access.tokens import hash_of_token
from services.registration.desk import Desk
from shared.base.clock import now
from shared.base.database import after_commit
from shared.base.transactions import retried
from shared.watching.security import say

LASTS = timedelta(hours=14)  # the longest of days
SEEN_EVERY = timedelta(minutes=15)
KEPT = timedelta(days=30)  # after its end


@dataclass(frozen=True)
class Session:
    """A sign-in that counts; of an organiser, or of a token."""

    id: str
    organiser_id: int | None
    token_id: int | None
    device: str
    began_at: datetime
    expires_at: datetime
    seen_at: datetime


_COLUMNS = (
    SignIn.id,
    SignIn.organiser_id,
    SignIn.token_id,
    SignIn.device,
    SignIn.began_at,
    SignIn.expires_at,
    SignIn.seen_at,
)
_LIVING = select(*_COLUMNS).where(SignIn.ended_at.is_(None), SignIn.expires_at > bindparam("now"))
_BY_SECRET = _LIVING.where(SignIn.secret_hash == bindparam("hash"))
_BY_ID = _LIVING.where(SignIn.id == bindparam("wanted"))
_OF_ORGANISER = _LIVING.where(SignIn.organiser_id == bindparam("organiser")).order_by(
    SignIn.seen_at.desc(), SignIn.id
)


@retried
def begin_session(
    desk: Desk, device: str, *, organiser_id: int | None = None, token_id: int | None = None
) -> str:
    """Sign in an organiser, or who has a token; the secret that the cookie holds."""
    secret, moment, name = secrets.token_urlsafe(32), now(), f"session:{uuid4()}"
    with desk.database.begin() as connection:
        connection.execute(delete(SignIn).where(SignIn.expires_at < moment - KEPT))
        connection.execute(
            insert(SignIn).values(
                id=name,
                secret_hash=hash_of_token(secret),
                organiser_id=organiser_id,
                token_id=token_id,
                device=device,
                began_at=moment,
                expires_at=moment + LASTS,
                seen_at=moment,
            )
        )
        after_commit(
            connection,
            lambda: say("session.began", session=name, organiser=organiser_id, token=token_id),
        )
    return secret


def session_of(connection: Connection, secret: str) -> Session | None:
    """None once it has ended."""
    row = connection.execute(_BY_SECRET, {"hash": hash_of_token(secret), "now": now()}).first()
    return Session(*row) if row else None


def session_called(connection: Connection, name: str) -> Session | None:
    """The same by its id."""
    row = connection.execute(_BY_ID, {"wanted": name, "now": now()}).first()
    return Session(*row) if row else None


def sessions_of(connection: Connection, organiser_id: int) -> Sequence[Session]:
    """Where somebody is signed in, the last seen first."""
    rows = connection.execute(_OF_ORGANISER, {"organiser": organiser_id, "now": now()})
    return [Session(*row) for row in rows]


@retried
def note_seen(desk: Desk, session: Session) -> None:
    """That it was used, if that was not noted lately."""
    if now() - session.seen_at < SEEN_EVERY:
        return
    with desk.database.begin(durable=False) as connection:
        connection.execute(update(SignIn).where(SignIn.id == session.id).values(seen_at=now()))


@retried
def sign_out(desk: Desk, secret: str) -> None:
    """End what this cookie names; again is harmless."""
    with desk.database.begin() as connection:
        session = session_of(connection, secret)
        if session is not None:
            _end(desk, connection, session.id)


@retried
def end_one(desk: Desk, organiser_id: int, name: str) -> None:
    """End one of somebody's own; of others nothing, and again is harmless."""
    with desk.database.begin() as connection:
        if name in {session.id for session in sessions_of(connection, organiser_id)}:
            _end(desk, connection, name)


@retried
def end_everywhere(desk: Desk, organiser_id: int) -> None:
    with desk.database.begin() as connection:
        end_all_of(desk, connection, organiser_id)


def end_all_of(desk: Desk, connection: Connection, organiser_id: int) -> None:
    """Wherever somebody is signed in, in the caller's transaction."""
    for session in sessions_of(connection, organiser_id):
        _end(desk, connection, session.id)


def _end(desk: Desk, connection: Connection, name: str) -> None:
    connection.execute(update(SignIn).where(SignIn.id == name).values(ended_at=now()))
    end_session(desk, connection, name)
