"""Parking: jobs of some types put aside, in a state that nobody works on, until taken back.

What waits is parked here; what is being worked on, by its handler (`Lease.park`), who may also put
it off until a moment (`Lease.put_off`).
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

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


def due_now(connection: Connection, job_ids: Select[Any]) -> int:
    """Let those of these jobs that wait for their time wait no more; returns how many."""
    moment = now()
    return connection.execute(
        update(JobRow)
        .where(JobRow.state == "waiting", JobRow.next_at > moment, JobRow.id.in_(job_ids))
        .values(next_at=moment)
    ).rowcount


def parked(connection: Connection, types: Collection[str]) -> int:
    """How many of these types are put aside."""
    found = select(func.count()).where(JobRow.state == "parked", JobRow.type.in_(types))
    return connection.execute(found).scalar_one()
