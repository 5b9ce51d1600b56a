"""Pausing the making of documents: jobs are parked in a lane that nobody works on.

What waits is parked at once, what arrives later as its turn comes; a document being made is
finished. Erasures are never paused.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from services.certificates.base.tables import Pause
from services.certificates.issuing.asking import SpeakerAsked, WorkshopsAsked
from services.certificates.issuing.reissuing import ReissueAsked
from shared.base.clock import now
from shared.base.database import Database, upsert
from shared.base.transactions import retried
from shared.bus.inbox import JobRow
from shared.events.registration import AttendanceCertified, SpeakerCertified

PARKED = "parked"
PAUSED = (
    AttendanceCertified.type,
    SpeakerCertified.type,
    ReissueAsked.type,
    WorkshopsAsked.type,
    SpeakerAsked.type,
)
_LATER = timedelta(days=36500)  # parked jobs are not overdue


@retried
def pause(database: Database) -> int:
    """Make no more documents until resumed; returns how many jobs were parked."""
    moment = now()
    with database.begin() as connection:
        connection.execute(
            upsert(connection, Pause).values(one=1, paused_at=moment).on_conflict_do_nothing()
        )
        return connection.execute(
            update(JobRow)
            .where(
                JobRow.type.in_(PAUSED),
                JobRow.state.in_(["waiting", "queued"]),
                JobRow.lane != PARKED,
            )
            .values(lane=PARKED, state="waiting", next_at=moment + _LATER)
        ).rowcount


@retried
def resume(database: Database) -> int:
    """Go on where it was left; returns how many jobs were waiting for that."""
    with database.begin() as connection:
        connection.execute(delete(Pause))
        return connection.execute(
            update(JobRow)
            .where(JobRow.lane == PARKED, JobRow.state == "waiting")
            .values(lane="bulk", next_at=now())
        ).rowcount


def paused_since(connection: Connection) -> datetime | None:
    return connection.execute(_PAUSED_SINCE).scalar()


def parked(connection: Connection) -> int:
    """How many jobs wait for the pause to end."""
    return connection.execute(
        select(func.count())
        .select_from(JobRow)
        .where(JobRow.lane == PARKED, JobRow.state == "waiting")
    ).scalar_one()


def park(connection: Connection, key: str) -> None:
    """Put the job that is being worked on aside, as if it had not been tried."""
    connection.execute(
        update(JobRow)
        .where(JobRow.key == key, JobRow.state == "running")
        .values(lane=PARKED, state="waiting", tries=0, next_at=now() + _LATER)
    )


_PAUSED_SINCE = select(Pause.paused_at)
