"""An endpoint that is left in peace, until its time or until somebody wants it tried now."""

from sqlalchemy import Connection, bindparam, select, update

from services.webhooks.base.messages import DeliveryDue
from services.webhooks.base.tables import ENDPOINTS
from shared.base.clock import now
from shared.bus.inbox import JobRow
from shared.bus.parking import due_now


def lift(connection: Connection, endpoint_id: str) -> bool:
    """It may be tried at once, by one message at a time; says whether it was left in peace.

    What it failed before still counts: should it fail again, it is left in peace for longer.
    """
    moment = now()
    paused = (ENDPOINTS.c.id == endpoint_id) & (ENDPOINTS.c.paused_until > moment)
    lifted = update(ENDPOINTS).where(paused).values(paused_until=moment)
    return bool(connection.execute(lifted).rowcount)


def go_on(connection: Connection, endpoint_id: str) -> int:
    """What waits for it waits no more; returns how many."""
    return due_now(connection, _JOBS.params(of_endpoint=endpoint_id))


_JOBS = select(JobRow.id).where(
    JobRow.flow == bindparam("of_endpoint"), JobRow.type == DeliveryDue.type
)
