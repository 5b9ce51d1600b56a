"""What was sent to an endpoint, as its organiser reads it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from services.webhooks.base.payloads import TEST
from services.webhooks.base.tables import DELIVERIES

PAGE = 25
# What can be sent again: not what is about somebody who was erased, nor a test, of which there are
# so many an hour. And of that, what "the failed ones" are.
RESENDABLE = DELIVERIES.c.body.is_not(None) & (DELIVERIES.c.type != TEST)
FAILED = DELIVERIES.c.state.in_(("failed", "missed")) & RESENDABLE

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
    """The newest first; those with a smaller number than `before`. `can_be_resent` says whether it
    may be, where its endpoint is enabled."""
    wanted = DELIVERIES.c.endpoint_id == endpoint_id
    if before is not None:
        wanted &= DELIVERIES.c.id < before
    can_be_resent = RESENDABLE.label("can_be_resent")
    return connection.execute(
        select(*_SHOWN, can_be_resent).where(wanted).order_by(DELIVERIES.c.id.desc()).limit(most)
    ).all()


def count_failed(connection: Connection, endpoint_id: str) -> int:
    """Those that failed or were missed, and can be sent again."""
    counted = select(func.count()).where(DELIVERIES.c.endpoint_id == endpoint_id, FAILED)
    return connection.execute(counted).scalar_one()
