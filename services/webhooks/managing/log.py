"""What was sent to an endpoint, as its organiser reads it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from services.webhooks.base.tables import DELIVERIES

PAGE = 25

_SHOWN = [
    DELIVERIES.c[name]
    for name in (
        "id",
        "message_id",
        "type",
        "state",
        "tries",
        "answer",
        "milliseconds",
        "next_at",
        "created_at",
        "settled_at",
    )
]


def deliveries(
    connection: Connection, endpoint_id: str, before: int | None = None, most: int = PAGE
) -> Sequence[Any]:
    """The newest first; those with a smaller number than `before`. `has_body`: it can be sent
    again."""
    wanted = DELIVERIES.c.endpoint_id == endpoint_id
    if before is not None:
        wanted &= DELIVERIES.c.id < before
    has_body = DELIVERIES.c.body.is_not(None).label("has_body")
    return connection.execute(
        select(*_SHOWN, has_body).where(wanted).order_by(DELIVERIES.c.id.desc()).limit(most)
    ).all()


def counts(connection: Connection, endpoint_id: str) -> dict[str, int]:
    """By state; what there is none of is not there."""
    counted = select(DELIVERIES.c.state, func.count()).where(
        DELIVERIES.c.endpoint_id == endpoint_id
    )
    return dict(connection.execute(counted.group_by(DELIVERIES.c.state)).all())
