"""Companions: more jobs of the same type, taken along by whoever has claimed one.

For work that is cheaper in groups. Only jobs on their first try come along: one that takes its
worker with it does so to a group once, and is alone from then on. Their hints find nothing to do.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select, update

from shared.database import Database
from shared.inbox import Job
from shared.lease import Lease


def claim_companions(database: Database, type_: str, most: int, length: timedelta) -> list[Lease]:
    """At most so many queued jobs of this type, the oldest first, each with a lease of its own."""
    if most <= 0:
        return []
    with database.begin(durable=False) as connection:
        rows = connection.execute(
            _CLAIM, {"of_type": type_, "most": most, "until": datetime.now(UTC) + length}
        ).all()
    return [
        Lease(database, row.id, row.tries, row.step, row.forced, row.envelope)
        for row in sorted(rows, key=lambda row: row.id)
    ]


def let_go(database: Database, leases: Sequence[Lease]) -> None:
    """Back to where they were, as if they had not been tried."""
    with database.begin(durable=False) as connection:
        for lease in leases:
            connection.execute(_LET_GO, {"number": lease.job_id, "moment": datetime.now(UTC)})


_OLDEST = (
    select(Job.id)
    .where(Job.type == bindparam("of_type"), Job.state == "queued", Job.tries == 0)
    .order_by(Job.next_at, Job.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_CLAIM = (
    update(Job)
    .where(Job.id.in_(_OLDEST))
    .values(state="running", tries=Job.tries + 1, next_at=bindparam("until"))
    .returning(Job.id, Job.tries, Job.step, Job.forced, Job.envelope)
)
_LET_GO = (
    update(Job)
    .where(Job.id == bindparam("number"), Job.state == "running", Job.tries == 1)
    .values(state="waiting", tries=0, next_at=bindparam("moment"))
)
