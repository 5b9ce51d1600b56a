"""Pausing the making of documents: jobs are parked.

What waits is parked at once, what arrives later as its turn comes; a document being made is
finished. Erasures are never paused.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from services.certificates.base.tables import Pause
from services.certificates.issuing.asking import SpeakerAsked, WorkshopsAsked
from services.certificates.issuing.reissuing import ReissueAsked
from shared.base.clock import now
from shared.base.database import Database, upsert
from shared.base.transactions import retried
from shared.bus import parking
from shared.events.registration import AttendanceCertified, SpeakerCertified

PAUSED = (
    AttendanceCertified.type,
    SpeakerCertified.type,
    ReissueAsked.type,
    WorkshopsAsked.type,
    SpeakerAsked.type,
)


@retried
def pause(database: Database) -> int:
    """Make no more documents until resumed; returns how many jobs were parked."""
    with database.begin() as connection:
        connection.execute(
            upsert(connection, Pause).values(one=1, paused_at=now()).on_conflict_do_nothing()
        )
        return parking.park(connection, PAUSED)


@retried
def resume(database: Database) -> int:
    """Go on where it was left; returns how many jobs were waiting for that."""
    with database.begin() as connection:
        connection.execute(delete(Pause))
        return parking.unpark(connection, PAUSED)


def paused_since(connection: Connection) -> datetime | None:
    return connection.execute(_PAUSED_SINCE).scalar()


def hold(connection: Connection) -> bool:
    """Keep the pause until the end of the transaction; False when it is over."""
    return connection.execute(_PAUSED_SINCE.with_for_update()).first() is not None


def parked(connection: Connection) -> int:
    """How many jobs wait for the pause to end."""
    return parking.parked(connection, PAUSED)


_PAUSED_SINCE = select(Pause.paused_at)
