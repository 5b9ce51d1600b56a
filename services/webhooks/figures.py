"""How webhooks stand, in figures: for `status` and metrics."""

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from services.webhooks.base.tables import DELIVERIES, ENDPOINTS


def figures(connection: Connection) -> Mapping[str, int]:
    told, failing, disabled = connection.execute(
        select(
            func.count().filter(ENDPOINTS.c.disabled.is_(None)),
            func.count().filter(
                ENDPOINTS.c.disabled.is_(None), ENDPOINTS.c.failing_since.is_not(None)
            ),
            func.count().filter(ENDPOINTS.c.disabled.in_(("failing", "gone"))),
        ).select_from(ENDPOINTS)
    ).one()
    waiting = connection.execute(
        select(func.count()).where(DELIVERIES.c.state == "waiting")
    ).scalar_one()
    return {
        "endpoints": told,
        "endpoints_failing": failing,
        "endpoints_given_up": disabled,
        "deliveries_waiting": waiting,
    }
