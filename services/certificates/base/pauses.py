"""Whether the making of documents is paused: of one conference, or of all."""

from datetime import datetime

from sqlalchemy import Connection, Select, select

from services.certificates.base.tables import ConferencePause, Pause

_OF_ALL = select(Pause.paused_at)


def paused_since(connection: Connection) -> datetime | None:
    """Since when nothing is made, of any conference."""
    return connection.execute(_OF_ALL).scalar()


def conference_paused_since(connection: Connection, conference: str) -> datetime | None:
    return connection.execute(_of(conference)).scalar()


def is_paused(connection: Connection, conference: str) -> bool:
    return bool(paused_since(connection) or conference_paused_since(connection, conference))


def hold(connection: Connection, conference: str) -> bool:
    """Keep the pauses until the end of the transaction; False when they are over."""
    return any(
        connection.execute(statement.with_for_update()).first() is not None
        for statement in (_OF_ALL, _of(conference))
    )


def _of(conference: str) -> Select[datetime]:
    return select(ConferencePause.paused_at).where(ConferencePause.conference == conference)
