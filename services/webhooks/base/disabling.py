"""An endpoint that takes nothing any more is disabled, and its organiser is told by email."""

from sqlalchemy import ColumnElement, Connection, func, update

from services.webhooks.base import letters
from services.webhooks.base.changes import SYSTEM, note
from services.webhooks.base.letters import Why
from services.webhooks.base.payloads import TEST
from services.webhooks.base.tables import DELIVERIES, ENDPOINTS
from shared.base.clock import now
from shared.bus.eventlog import EventLog
from shared.words.language import Languages


def disable(
    connection: Connection, endpoint_id: str, why: Why, log: EventLog, words: Languages
) -> None:
    """Once: what waits for it is missed, and may be sent again when it is enabled."""
    moment = now()
    reader = func.coalesce(ENDPOINTS.c.reader, letters.new_reader())
    endpoint = connection.execute(
        update(ENDPOINTS)
        .where(ENDPOINTS.c.id == endpoint_id, ENDPOINTS.c.disabled.is_(None))
        .values(disabled=why, disabled_at=moment, reader=reader)
        .returning(ENDPOINTS)
    ).one_or_none()
    if endpoint is None:
        return
    miss_what_waits(connection, endpoint_id)
    note(connection, endpoint, why, SYSTEM)
    letters.ask(connection, log, endpoint, why, words)


def miss_what_waits(connection: Connection, endpoint_id: str) -> None:
    _miss(connection, DELIVERIES.c.endpoint_id == endpoint_id)


def miss_one(connection: Connection, number: int) -> None:
    """One that was filed while its endpoint was being disabled."""
    _miss(connection, DELIVERIES.c.id == number)


def _miss(connection: Connection, which: ColumnElement[bool]) -> None:
    waits = (DELIVERIES.c.state == "waiting") & (DELIVERIES.c.type != TEST)
    missed = {"state": "missed", "next_at": None, "settled_at": now()}
    connection.execute(update(DELIVERIES).where(which, waits).values(missed))
