"""Sending again what an organiser asks for: the same job, from its first try, as if never sent.

Asking twice does it once: a job that is open already is left alone, and so is an email that has
been settled since the page was made.
"""

import json
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from services.notifications.base.tables import Delivery, table_of
from shared.base.database import Database
from shared.base.transactions import retried
from shared.bus.inbox import ENDED, JOBS, JobRow, force

_DELIVERY = table_of(Delivery)
# Built once: every email needs it.
_CERTIFICATES = (
    select(JOBS.c.id, JOBS.c.envelope, _DELIVERY.c.reason)
    .join(_DELIVERY, _DELIVERY.c.job_id == JOBS.c.id)
    .where(
        _DELIVERY.c.registration_id == bindparam("registration"),
        _DELIVERY.c.kind == "certificate",
    )
)
_HAS_SOMEBODY = Delivery.recipient != ""  # of somebody who was erased the log names nobody


@retried
def send_again(
    database: Database, conference: str, delivery_id: int, settled: datetime | None
) -> bool:
    """One email, as it was seen: settled at that moment. False when nothing was to be done, or
    nobody is left to be written to."""
    seen = select(Delivery.job_id).where(
        Delivery.id == delivery_id,
        Delivery.conference == conference,
        Delivery.state.in_(("sent", "ambiguous", "failed", "sending")),
        _HAS_SOMEBODY,
        Delivery.settled_at == settled if settled else Delivery.settled_at.is_(None),
    )
    with database.begin() as connection:
        job_id = connection.execute(seen).scalar()
        return job_id is not None and force(connection, [job_id]) == 1


def send_withheld_certificates(connection: Connection, registration_id: str) -> int:
    """The certificates of somebody who had no address when they were issued, and has one now; of
    one and what it was replaced by, the latter."""
    rows = connection.execute(_CERTIFICATES, {"registration": registration_id}).all()
    if not rows:
        return 0
    issued = {row.id: json.loads(row.envelope)["data"] or {} for row in rows}
    replaced = {each.get("supersedes") for each in issued.values()}
    withheld = [row.id for row in rows if row.reason == "no-address"]
    newest = [job for job in withheld if issued[job].get("code") not in replaced]
    return force(connection, newest)


@retried
def send_failed_again(database: Database, conference: str) -> int:
    """All of a conference that failed; how many."""
    failed = (
        select(JobRow.id)
        .join(Delivery, Delivery.job_id == JobRow.id)
        .where(
            Delivery.conference == conference,
            Delivery.state.in_(("failed", "sending")),
            _HAS_SOMEBODY,
            JobRow.state.in_(ENDED),
        )
    )
    with database.begin() as connection:
        return force(connection, list(connection.execute(failed).scalars()))
