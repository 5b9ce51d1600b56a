"""What goes: who is erased, what is old, what was of a draft that is gone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ColumnElement, Connection, delete, select, update

from services.webhooks.base import days
from services.webhooks.base.letters import forget_reader
from services.webhooks.base.payloads import ERASED
from services.webhooks.base.sealing import Seals
from services.webhooks.base.tables import CHANGES, DELIVERIES, ENDPOINTS
from shared.base.clock import now
from shared.base.database import forget_overwritten
from shared.base.keyring import CannotOpen
from shared.bus.eventlog import EventLog
from shared.bus.inbox import schedule
from shared.bus.redaction import redact_named
from shared.bus.rewriting import unsay_speaker, wait_until_filed
from shared.events import Payload
from shared.events.registration import PROGRAMMES, SpeakerErased

KEPT = timedelta(days=30)  # a message, with what became of it
# After a day's end: all of it. Its people go after three years, where the operator and the day say
# nothing else, and whoever was sent their names is to hear of that.
DAY_KEPT = timedelta(days=4 * 365)
SOMEBODY = "—"


class SweepDue(Payload):
    """Once a day: what is old goes, and secrets are sealed with the key in force."""

    type: ClassVar[str] = "webhooks.sweep-due"


def forget_person(connection: Connection, registration_id: str) -> None:
    """Nothing that was sent about them is kept, and nothing that waits is sent. That they are
    erased is: it says no more than that."""
    about = (DELIVERIES.c.subject == registration_id) & (DELIVERIES.c.type != ERASED)
    connection.execute(update(DELIVERIES).where(about).values(body=None))
    connection.execute(
        update(DELIVERIES)
        .where(about, DELIVERIES.c.state == "waiting")
        .values(state="erased", next_at=None, settled_at=now())
    )


def forget_speaker(connection: Connection, erased: SpeakerErased) -> None:
    """Their name is in no payload, but in the events of programmes in the inbox. Raises Later while
    one of these is still to be handled."""
    wait_until_filed(connection, PROGRAMMES)
    unsay_speaker(connection, erased.conference, erased.speaker_id)


def forget_organiser(connection: Connection, log: EventLog, is_them: Callable[[str], bool]) -> None:
    """Who hears of failures is then the day's contact."""
    written_to = select(ENDPOINTS).where(ENDPOINTS.c.reader.is_not(None)).with_for_update()
    for endpoint in connection.execute(written_to).all():
        if is_them(endpoint.contact):
            forget_reader(connection, log, endpoint)
            of_it = ENDPOINTS.c.id == endpoint.id
            connection.execute(update(ENDPOINTS).where(of_it).values(reader=None))
    for column, left in ((ENDPOINTS.c.contact, ""), (CHANGES.c.actor, SOMEBODY)):
        for name in connection.execute(select(column).distinct()).scalars().all():
            if is_them(name):
                statement = update(column.table).where(column == name)
                connection.execute(statement.values({column.key: left}))
    redact_named(connection, is_them)
    forget_overwritten(connection)


def forget_conference(connection: Connection, log: EventLog, slug: str, before: datetime) -> None:
    """A draft is gone; another day may be called so since."""
    of_it = (ENDPOINTS.c.conference == slug) & (ENDPOINTS.c.created_at <= before)
    forget_endpoints(connection, log, of_it)
    connection.execute(delete(CHANGES).where(CHANGES.c.conference == slug, CHANGES.c.at <= before))
    days.forget(connection, slug, before)


def forget_endpoints(connection: Connection, log: EventLog, which: ColumnElement[bool]) -> None:
    """With everything that was sent there, and that somebody was written to; not their history."""
    for endpoint in connection.execute(select(ENDPOINTS).where(which).with_for_update()).all():
        forget_reader(connection, log, endpoint)
        connection.execute(delete(DELIVERIES).where(DELIVERIES.c.endpoint_id == endpoint.id))
        connection.execute(delete(ENDPOINTS).where(ENDPOINTS.c.id == endpoint.id))


def sweep(connection: Connection, log: EventLog, seals: Seals) -> None:
    """What is old goes; the next sweep is tomorrow."""
    for slug in days.ended_before(connection, now() - DAY_KEPT):
        forget_endpoints(connection, log, ENDPOINTS.c.conference == slug)
        connection.execute(delete(CHANGES).where(CHANGES.c.conference == slug))
    _forget_old(connection)
    _seal_anew(connection, seals)
    forget_overwritten(connection)
    plan_sweep(connection)


def _forget_old(connection: Connection) -> None:
    """But erasures that an endpoint missed: it is told of them once it is enabled, however late."""
    owed = (DELIVERIES.c.type == ERASED) & (DELIVERIES.c.state == "missed")
    old = DELIVERIES.c.created_at < now() - KEPT
    connection.execute(delete(DELIVERIES).where(old, ~owed))


def plan_sweep(connection: Connection) -> None:
    """Tomorrow's, unless it is planned already. Whoever makes an endpoint plans the first."""
    moment = now() + timedelta(days=1)
    schedule(connection, SweepDue(), key=f"sweep:{moment:%Y-%m-%d}", at=moment)


def _seal_anew(connection: Connection, seals: Seals) -> None:
    """So that a secret key that is being replaced can be taken away after a day."""
    for row in connection.execute(select(ENDPOINTS).with_for_update()).all():
        anew = {}
        for name in ("secret", "previous_secret"):
            sealed = getattr(row, name)
            if sealed is None or seals.is_current(sealed):
                continue
            try:
                anew[name] = seals.seal(seals.unseal(sealed, row.id), row.id)
            except CannotOpen:
                continue  # its deliveries say so
        if anew:
            connection.execute(update(ENDPOINTS).where(ENDPOINTS.c.id == row.id).values(anew))
