"""Sending again what an organiser asks for: the same job, from its first try, as if never sent.

Asking twice does it once: a job that is open already is left alone, and so is an email that has
been settled since the page was made.
"""

from datetime import datetime

from sqlalchemy import Connection, select, update

from services.notifications.base.tables import Delivery
from shared.base.clock import now
from shared.bus.inbox import JobRow

_ENDED = ("done", "dead", "dropped")


def send_again(
    connection: Connection, conference: str, delivery_id: int, settled: datetime | None
) -> bool:
    """One email, as it was seen: settled at that moment. False when nothing was to be done."""
    job_id = connection.execute(
        select(Delivery.job_id).where(
            Delivery.id == delivery_id,
            Delivery.conference == conference,
            Delivery.state.in_(("sent", "ambiguous", "failed", "sending")),
            Delivery.settled_at == settled if settled else Delivery.settled_at.is_(None),
        )
    ).scalar()
    return job_id is not None and _force(connection, [job_id]) == 1


def send_failed_again(connection: Connection, conference: str) -> int:
    """All of a conference that failed; how many."""
    jobs = connection.execute(
        select(JobRow.id)
        .join(Delivery, Delivery.job_id == JobRow.id)
        .where(
            Delivery.conference == conference,
            Delivery.state.in_(("failed", "sending")),
            JobRow.state.in_(_ENDED),
        )
    ).scalars()
    return _force(connection, list(jobs))


def _force(connection: Connection, job_ids: list[int]) -> int:
    return sum(
        connection.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.state.in_(_ENDED))
            .values(
                state="waiting",
                tries=0,
                step=None,
                forced=True,
                next_at=now(),
                error=None,
            )
        ).rowcount
        for job_id in job_ids
    )
