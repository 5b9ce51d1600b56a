"""Parking: jobs of some types put aside, in a state that nobody works on, until taken back.

What waits is parked here; what is being worked on, by its handler (`Lease.park`).
"""

from collections.abc import Collection

from sqlalchemy import Connection, func, select, update

from shared.base.clock import now
from shared.bus.inbox import JobRow


def park(connection: Connection, types: Collection[str]) -> int:
    """Put aside what waits of these types; returns how many jobs that are."""
    waiting = JobRow.state.in_(["waiting", "queued"]) & JobRow.type.in_(types)
    return connection.execute(update(JobRow).where(waiting).values(state="parked")).rowcount


def unpark(connection: Connection, types: Collection[str]) -> int:
    """Let what was put aside of these types be due at once; returns how many jobs that are."""
    return connection.execute(
        update(JobRow)
        .where(JobRow.state == "parked", JobRow.type.in_(types))
        .values(state="waiting", next_at=now())
    ).rowcount


def parked(connection: Connection, types: Collection[str]) -> int:
    """How many of these types are put aside."""
    found = select(func.count()).where(JobRow.state == "parked", JobRow.type.in_(types))
    return connection.execute(found).scalar_one()
