"""One try of one delivery: whether it is made now, and what follows from what became of it.

A receiver that answers, but not as it should, has that delivery again later. One that is down (no
answer, or one that says so) or busy is left in peace: what waits for it waits until the next try,
and that is one at a time. What was taken is settled after the answer, so a process that dies in
between sends it again: a receiver may hear the same message twice, by the same id.
"""

import random
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, func, select, update

from services.webhooks.base.backing_off import (
    AT_ONCE,
    AT_ONCE_DOWN,
    MAX_TRIES,
    delay_after,
    is_lost,
)
from services.webhooks.base.disabling import disable, miss_one
from services.webhooks.base.letters import Why
from services.webhooks.base.messages import DeliveryDue, fetch
from services.webhooks.base.pausing import go_on
from services.webhooks.base.payloads import TEST, impersonal
from services.webhooks.base.tables import DELIVERIES, ENDPOINTS
from services.webhooks.resources import Resources
from services.webhooks.transport.posting import Outcome, post
from services.webhooks.transport.signing import signed_headers
from shared.base.clock import epoch_seconds, now
from shared.base.errors import LeaseLost, Parked
from shared.process.service import Job

HEADERS = {"Content-Type": "application/json", "User-Agent": "Emarge-Webhooks/1"}

log = structlog.get_logger()


def deliver(due: DeliveryDue, job: Job, resources: Resources) -> None:
    """Start a try, or say when there will be one. Raises Parked while it is under way."""
    with resources.database.begin(durable=False) as connection:
        row = fetch(connection, due.delivery)
        if row is None or not _is_for(due, row):
            job.complete(connection)
            return
        if row.of_disabled and row.type != TEST:
            miss_one(connection, row.id)
            job.complete(connection)
            return
        until = _held_until(connection, row, resources)
        if until is not None:
            job.put_off(connection, until)
    if until is not None:
        raise Parked("the endpoint is left in peace")
    body = (row.body if row.of_personal else impersonal(row.type, row.body)).encode()
    headers = HEADERS | _signed(row, body, resources)
    send = partial(post, row.of_url, headers, body, resources.settings.webhook_allow)
    settle = partial(_settle, row.id, row.of_failures, job, resources)
    resources.courier.start(row.endpoint_id, send, settle)
    raise Parked("under way")


def _is_for(due: DeliveryDue, row: Any) -> bool:
    same = due.message in ("", row.message_id) and due.round == row.round
    return same and row.state == "waiting"


def _held_until(connection: Connection, row: Any, resources: Resources) -> datetime | None:
    """Until when it waits for its endpoint; None if it is tried now."""
    moment = now()
    if row.type == TEST:
        return None
    if row.of_paused_until is not None and row.of_paused_until > moment:
        return _spread(connection, row, row.of_paused_until)
    most = AT_ONCE if row.of_paused_until is None else AT_ONCE_DOWN
    if resources.courier.under_way(row.endpoint_id) >= most:
        return _spread(connection, row, moment + timedelta(seconds=1))
    return None


def _spread(connection: Connection, row: Any, moment: datetime) -> datetime:
    """So that a thousand that wait for one endpoint are not looked at all at once."""
    waiting = connection.execute(_WAITING, {"of_endpoint": row.endpoint_id}).scalar_one()
    return moment + timedelta(seconds=random.uniform(0, waiting / AT_ONCE))  # noqa: S311  no secret


def _signed(row: Any, body: bytes, resources: Resources) -> dict[str, str]:
    """With the secret in force and, while it counts, the one of before."""
    seals, endpoint_id = resources.seals, row.endpoint_id
    secrets = [seals.unseal(row.of_secret, endpoint_id)]
    if row.of_previous_secret and row.of_previous_until > now():
        secrets.append(seals.unseal(row.of_previous_secret, endpoint_id))
    return signed_headers(row.message_id, int(epoch_seconds()), body, secrets)


def _settle(number: int, failures: int, job: Job, resources: Resources, outcome: Outcome) -> None:
    """What became of a try, in one transaction: of the delivery, its job, and its endpoint, which
    had so many `failures` when the try began."""
    try:
        # What a power cut forgets of it is sent again, as is what a killed process had under way.
        with resources.database.begin(durable=False) as connection:
            row = fetch(connection, number)
            if row is None or row.state != "waiting":  # erased, disabled or deleted meanwhile
                job.complete(connection)
            elif outcome.verdict == "delivered":
                _note_delivered(connection, row, job, outcome)
            else:
                _note_failure(connection, row, job, outcome, resources)
                _pause(connection, row, failures, outcome)
    except LeaseLost as error:
        log.warning("lease lost", reason=str(error))
        return
    log.info("tried", delivery=number, verdict=outcome.verdict, answer=outcome.answer)


def _note_delivered(connection: Connection, row: Any, job: Job, outcome: Outcome) -> None:
    """What it takes, a test too, says that it works again."""
    moment = now()
    _write(connection, row, outcome, state="delivered", settled_at=moment, next_at=None)
    well: dict[str, object] = {"failures": 0, "failing_since": None, "paused_until": None}
    if row.type != TEST:
        well["delivered_at"] = moment
    _write_endpoint(connection, row, **well)
    if row.of_failures:  # it was down: what it kept waiting goes on
        go_on(connection, row.endpoint_id)
    job.complete(connection)


def _note_failure(
    connection: Connection, row: Any, job: Job, outcome: Outcome, resources: Resources
) -> None:
    moment = now()
    tries = row.tries + 1
    over = tries >= MAX_TRIES or outcome.verdict == "gone" or row.type == TEST
    until = moment + max(delay_after(tries), timedelta(seconds=outcome.wait))
    if over:
        _write(connection, row, outcome, state="failed", settled_at=moment, next_at=None)
        job.complete(connection)
    else:
        _write(connection, row, outcome, next_at=until)
        job.put_off(connection, until)
    if row.type == TEST:
        return
    _write_endpoint(connection, row, failing_since=row.of_failing_since or moment)
    if outcome.verdict == "gone" or is_lost(row.of_failing_since, moment):
        why: Why = "gone" if outcome.verdict == "gone" else "failing"
        disable(connection, row.endpoint_id, why, resources.log, resources.words)


def _pause(connection: Connection, row: Any, failures: int, outcome: Outcome) -> None:
    """Leave it in peace: one that is down, longer each time; one that is busy, as long as it asks.

    Tries that were under way together are one failure: only the first of them finds as many as
    there were when it began.
    """
    if row.type == TEST:
        return
    wait = timedelta(seconds=outcome.wait)
    this = ENDPOINTS.c.id == row.endpoint_id
    if outcome.verdict == "down":
        until = now() + max(delay_after(failures + 1), wait)
        counted = {"failures": failures + 1, "paused_until": until}
        first = this & (ENDPOINTS.c.failures == failures)
        connection.execute(update(ENDPOINTS).where(first).values(counted))
    elif outcome.verdict == "busy":
        until = now() + (wait or delay_after(1))
        sooner = ENDPOINTS.c.paused_until.is_(None) | (ENDPOINTS.c.paused_until < until)
        connection.execute(update(ENDPOINTS).where(this & sooner).values(paused_until=until))


def _write(connection: Connection, row: Any, outcome: Outcome, **values: object) -> None:
    tried = {"tries": row.tries + 1, "answer": outcome.answer}
    tried["milliseconds"] = outcome.milliseconds
    connection.execute(
        update(DELIVERIES).where(DELIVERIES.c.id == row.id).values(**tried, **values)
    )


def _write_endpoint(connection: Connection, row: Any, **values: object) -> None:
    connection.execute(update(ENDPOINTS).where(ENDPOINTS.c.id == row.endpoint_id).values(**values))


_WAITING = select(func.count()).where(
    DELIVERIES.c.endpoint_id == bindparam("of_endpoint"), DELIVERIES.c.state == "waiting"
)
