"""Messages to endpoints: each delivery is a job of its own, which takes turns by its endpoint.

A message has one delivery to an endpoint, however often its event comes. Asked for once more, it is
a further round of the same delivery, with the same id: a receiver knows that it has had it.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Connection, bindparam, select, update

from services.webhooks.base.tables import DELIVERIES, ENDPOINTS
from shared.base.clock import now
from shared.base.database import INSERTS
from shared.bus.inbox import TIMER, JobRow, Lane, schedule
from shared.bus.parking import due_now
from shared.events import Payload

LANE: Lane = "bulk"


class DeliveryDue(Payload):
    """Time to try a delivery."""

    type: ClassVar[str] = "webhooks.delivery-due"
    delivery: int
    round: int
    message: str = ""  # the number may have been another's, which is forgotten


def file_messages(connection: Connection, messages: Sequence[dict[str, Any]]) -> list[int]:
    """Deliveries, each with endpoint_id, message_id, type, subject, body and state; those that wait
    are due now. What is there already is left as it is. Returns the numbers of the new ones."""
    moment = now()
    filed = []
    for message in messages:
        row = {**message, "round": 1, "tries": 0, "created_at": moment}
        number = connection.execute(_FILE[connection.dialect.name], row).scalar()
        if number is None:
            continue
        filed.append(number)
        if message["state"] == "waiting":
            _due(connection, number, 1, message["endpoint_id"], message["message_id"])
    return filed


def send_again(connection: Connection, numbers: Sequence[int]) -> int:
    """Deliver these once more, from their first try, where their body is still there and nobody is
    at it; returns how many."""
    again = [
        connection.execute(_AGAIN, {"delivery": number, "moment": now()}).one_or_none()
        for number in numbers
    ]
    for row in filter(None, again):
        _due(connection, row.id, row.round, row.endpoint_id, row.message_id)
    return sum(row is not None for row in again)


def now_due(connection: Connection, numbers: Sequence[int]) -> int:
    """Let those of these that wait for their next try wait no more; returns how many."""
    keys = [
        f"{TIMER}:{_key(row.id, row.round, row.message_id)}"
        for row in connection.execute(
            select(DELIVERIES.c.id, DELIVERIES.c.round, DELIVERIES.c.message_id).where(
                DELIVERIES.c.id.in_(numbers)
            )
        )
    ]
    return due_now(connection, select(JobRow.id).where(JobRow.key.in_(keys)))


def fetch(connection: Connection, number: int) -> Any | None:
    """A delivery with its endpoint, whose columns begin with `of_`."""
    return connection.execute(_FETCH, {"delivery": number}).one_or_none()


def number_of(connection: Connection, endpoint_id: str, message_id: str) -> int | None:
    found = {"of_endpoint": endpoint_id, "of_message": message_id}
    number: int | None = connection.execute(_NUMBER, found).scalar()
    return number


def _due(
    connection: Connection, number: int, round_: int, endpoint_id: str, message_id: str
) -> None:
    due = DeliveryDue(delivery=number, round=round_, message=message_id)
    key = _key(number, round_, message_id)
    schedule(connection, due, key=key, at=now(), lane=LANE, flow=endpoint_id)


def _key(number: int, round_: int, message_id: str) -> str:
    """SQLite gives the number of a delivery that is forgotten to another."""
    return f"delivery:{number}:{message_id}:{round_}"


# Built once: every event needs them.
_FILE = {
    name: insert_(DELIVERIES).on_conflict_do_nothing().returning(DELIVERIES.c.id)
    for name, insert_ in INSERTS.items()
}
_AGAIN = (
    update(DELIVERIES)
    .where(
        DELIVERIES.c.id == bindparam("delivery"),
        DELIVERIES.c.state != "waiting",
        DELIVERIES.c.body.is_not(None),
    )
    .values(
        state="waiting",
        round=DELIVERIES.c.round + 1,
        tries=0,
        next_at=bindparam("moment"),
        settled_at=None,
    )
    .returning(
        DELIVERIES.c.id, DELIVERIES.c.round, DELIVERIES.c.endpoint_id, DELIVERIES.c.message_id
    )
)
_FETCH = (
    select(
        DELIVERIES,
        *(column.label(f"of_{column.name}") for column in ENDPOINTS.c),
    )
    .join_from(DELIVERIES, ENDPOINTS, ENDPOINTS.c.id == DELIVERIES.c.endpoint_id)
    .where(DELIVERIES.c.id == bindparam("delivery"))
)
_NUMBER = select(DELIVERIES.c.id).where(
    DELIVERIES.c.endpoint_id == bindparam("of_endpoint"),
    DELIVERIES.c.message_id == bindparam("of_message"),
)
