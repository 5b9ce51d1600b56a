"""Pausing the making of documents, of one conference or (the operator) of all: jobs are parked.

What waits is parked at once, what arrives later as its turn comes; a document being made is
finished. Erasures are never paused.
"""

from datetime import datetime

from sqlalchemy import Connection, delete

from services.certificates.base.tables import ConferencePause, Pause
from services.certificates.issuing.asking import RealisationAsked, SpeakerAsked, WorkshopsAsked
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
    RealisationAsked.type,
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


@retried
def pause_conference(database: Database, conference: str) -> None:
    """Make no more documents of this one; its jobs are parked as their turn comes."""
    with database.begin() as connection:
        values = {"conference": conference, "paused_at": now()}
        connection.execute(
            upsert(connection, ConferencePause).values(values).on_conflict_do_nothing()
        )


@retried
def resume_conference(database: Database, conference: str) -> None:
    """Go on with this one. What is parked does not say whose it is: what waits for another pause
    is parked again as its turn comes."""
    with database.begin() as connection:
        connection.execute(delete(ConferencePause).where(ConferencePause.conference == conference))
        parking.unpark(connection, PAUSED)


def forget_pause(connection: Connection, conference: str, until: datetime) -> None:
    """That of a conference that is gone; another may be called so since, and have jobs parked."""
    gone = delete(ConferencePause).where(
        ConferencePause.conference == conference, ConferencePause.paused_at <= until
    )
    if connection.execute(gone).rowcount:
        parking.unpark(connection, PAUSED)


def parked(connection: Connection) -> int:
    """How many jobs wait for a pause to end."""
    return parking.parked(connection, PAUSED)
