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
from shared.base.database import upsert
from shared.bus.inbox import Job
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


def pause(connection: Connection) -> int:
    """Make no more documents until resumed; returns how many jobs were parked."""
    moment = now()
    connection.execute(
        upsert(connection, Pause).values(one=1, paused_at=moment).on_conflict_do_nothing()
    )
    return connection.execute(
        update(Job)
        .where(Job.type.in_(PAUSED), Job.state.in_(["waiting", "queued"]), Job.lane != PARKED)
        .values(lane=PARKED, state="waiting", next_at=moment + _LATER)
    ).rowcount


def resume(connection: Connection) -> int:
    """Go on where it was left; returns how many jobs were waiting for that."""
    connection.execute(delete(Pause))
    return connection.execute(
        update(Job)
        .where(Job.lane == PARKED, Job.state == "waiting")
        .values(lane="bulk", next_at=now())
    ).rowcount


def paused_since(connection: Connection) -> datetime | None:
    return connection.execute(_PAUSED_SINCE).scalar()


def parked(connection: Connection) -> int:
    """How many jobs wait for the pause to end."""
    return connection.execute(
        select(func.count()).select_from(Job).where(Job.lane == PARKED, Job.state == "waiting")
    ).scalar_one()


def park(connection: Connection, key: str) -> None:
    """Put the job that is being worked on aside, as if it had not been tried."""
    connection.execute(
        update(Job)
        .where(Job.key == key, Job.state == "running")
        .values(lane=PARKED, state="waiting", tries=0, next_at=now() + _LATER)
    )


_PAUSED_SINCE = select(Pause.paused_at)
