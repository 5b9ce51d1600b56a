"""Saying that something no longer counts, to every service: `access.ended`."""

from sqlalchemy import Connection

from services.registration.desk import Desk
from shared.base.clock import now
from shared.base.database import after_commit
from shared.events.registration import AccessEnded
from shared.watching.security import say


def end_session(desk: Desk, connection: Connection, session: str) -> None:
    """A sign-in, by its id."""
    _announce(desk, connection, AccessEnded(kind="session", holder=session, ended_at=now()))


def end_role(
    desk: Desk, connection: Connection, organiser_id: int, conference: str | None = None
) -> None:
    """The role that somebody had for a conference (its slug), or for every one."""
    ended = AccessEnded(
        kind="role", holder=organiser(organiser_id), conference=conference, ended_at=now()
    )
    _announce(desk, connection, ended)


def end_token(desk: Desk, connection: Connection, number: int) -> None:
    _announce(desk, connection, AccessEnded(kind="token", holder=token(number), ended_at=now()))


def organiser(number: int) -> str:
    """How other services know somebody with a role."""
    return f"organiser:{number}"


def token(number: int) -> str:
    return f"token:{number}"


def _announce(desk: Desk, connection: Connection, ended: AccessEnded) -> None:
    desk.log.append(connection, ended)
    after_commit(
        connection,
        lambda: say(f"{ended.kind}.ended", holder=ended.holder, conference=ended.conference),
    )
