"""Companions: more jobs of the same type, taken along by whoever has claimed one.

For work that is cheaper in groups. Only jobs on their first try come along: one that takes its
worker with it does so to a group once, and is alone from then on. Their hints find nothing to do.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from shared.base.clock import now
from shared.base.database import Database
from shared.base.errors import LeaseLost
from shared.bus.inbox import JOBS
from shared.bus.lease import CLAIM, COMPLETE, Lease, lease_of


def claim_companions(database: Database, type_: str, most: int, length: timedelta) -> list[Lease]:
    """At most so many jobs of this type, the oldest first, each with a lease of its own: of those
    that wait for their hint and, when they are too few, of those whose hint is out."""
    rows: list[Any] = []
    with database.begin(durable=False) as connection:
        for statement in (_CLAIM_WAITING, _CLAIM_QUEUED):
            if len(rows) < most:
                moment = now()
                limits = {"most": most - len(rows), "moment": moment, "ends_at": moment + length}
                rows += connection.execute(statement, {"of_type": type_} | limits)
    return [lease_of(database, row) for row in sorted(rows, key=lambda row: row.id)]


def let_go(database: Database, leases: Sequence[Lease]) -> None:
    """Back to where they were, as if they had not been tried."""
    with database.begin(durable=False) as connection:
        for lease in leases:
            held = {"number": lease.job_id, "until": lease.ends_at}
            connection.execute(_LET_GO, held | {"moment": now()})


def complete_together(connection: Connection, leases: Sequence[Lease]) -> None:
    """Done, all of them, in the transaction of their effects. Raises LeaseLost when one is over:
    then none is done, and each is to be tried alone."""
    if not leases:
        return
    moment = now()
    held = [lease.held(moment) | {"new_finished_at": moment} for lease in leases]
    if connection.execute(COMPLETE, held).rowcount != len(leases):
        raise LeaseLost(f"one of the leases of {len(leases)} jobs is over")
    for lease in leases:
        lease.completed = True


def _claim_oldest(*conditions: Any) -> Any:
    """Of this type, on their first try."""
    oldest = (
        select(JOBS.c.id)
        .where(JOBS.c.type == bindparam("of_type"), JOBS.c.tries == 0, *conditions)
        .order_by(JOBS.c.next_at, JOBS.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return CLAIM.where(JOBS.c.id.in_(oldest.scalar_subquery()))


_CLAIM_WAITING = _claim_oldest(JOBS.c.state == "waiting", JOBS.c.next_at <= bindparam("moment"))
_CLAIM_QUEUED = _claim_oldest(JOBS.c.state == "queued")
_LET_GO = (
    update(JOBS)
    .where(
        JOBS.c.id == bindparam("number"),
        JOBS.c.state == "running",
        JOBS.c.tries == 1,
        JOBS.c.next_at == bindparam("until"),
    )
    .values(state="waiting", tries=0, next_at=bindparam("moment"))
)
