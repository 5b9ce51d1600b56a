"""Turns: jobs of one lane that belong to flows are done in turns of these, not in line.

A flow is on whose behalf a job is done, where one can be slower than another: an endpoint, a
conference. Next is the flow with the fewest jobs in flight, then the one served longest ago. So a
thousand slow jobs of one flow keep no other waiting, and a flow that is alone has every worker. A
hint for a job in a flow is a turn, whosever it is. Jobs without a flow stay in line by their age.
"""

from sqlalchemy import Connection, bindparam, func, or_, select, update

from shared.base.clock import now
from shared.bus.inbox import FLOWS, JOBS


def next_flow(connection: Connection, lane: str) -> str | None:
    """The flow whose turn it is, taken until the end of the transaction; None when nothing in a
    flow is due, or others have just taken each. Waits for nobody."""
    moment = now()
    found: str | None = connection.execute(_NEXT, {"of_lane": lane, "moment": moment}).scalar()
    if found is not None:
        connection.execute(_SERVED, {"of_lane": lane, "of_flow": found, "moment": moment})
    return found


_OF_FLOW = (JOBS.c.lane == FLOWS.c.lane, JOBS.c.flow == FLOWS.c.name)
_IN_FLIGHT = (
    select(func.count())
    .select_from(JOBS)
    .where(*_OF_FLOW, JOBS.c.state == "running")
    .correlate(FLOWS)
    .scalar_subquery()
)
_QUEUED = select(JOBS.c.id).where(*_OF_FLOW, JOBS.c.state == "queued").correlate(FLOWS)
_DUE = (
    select(JOBS.c.id)
    .where(*_OF_FLOW, JOBS.c.state == "waiting", JOBS.c.next_at <= bindparam("moment"))
    .correlate(FLOWS)
)
_NEXT = (
    select(FLOWS.c.name)
    .where(FLOWS.c.lane == bindparam("of_lane"), or_(_QUEUED.exists(), _DUE.exists()))
    .order_by(_IN_FLIGHT, FLOWS.c.served_at, FLOWS.c.name)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_SERVED = (
    update(FLOWS)
    .where(FLOWS.c.lane == bindparam("of_lane"), FLOWS.c.name == bindparam("of_flow"))
    .values(served_at=bindparam("moment"))
)
