"""What goes: who is erased, what is old, what was of a draft that is gone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Connection, delete, select, update

from services.webhooks.base import days
from services.webhooks.base.payloads import ERASED
from services.webhooks.base.sealing import CannotUnseal, Seals
from services.webhooks.base.tables import CHANGES, DELIVERIES, ENDPOINTS
from shared.base.clock import now
from shared.base.database import forget_overwritten
from shared.bus.inbox import schedule
from shared.bus.redaction import redact_named
from shared.bus.rewriting import rewrite, wait_until_filed
from shared.events import Payload
from shared.events.registration import PROGRAMMES, SpeakerErased
from shared.events.speakers import without_speaker

KEPT = timedelta(days=30)  # a message, with what became of it
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
    slug, speaker = erased.conference, erased.speaker_id
    rewrite(
        connection,
        PROGRAMMES,
        lambda said: (
            without_speaker(slug, speaker, said) if said["conference"]["slug"] == slug else said
        ),
    )


def forget_organiser(connection: Connection, is_them: Callable[[str], bool]) -> None:
    """Who hears of failures is then the day's contact."""
    for column, left in ((ENDPOINTS.c.contact, ""), (CHANGES.c.actor, SOMEBODY)):
        for name in connection.execute(select(column).distinct()).scalars().all():
            if is_them(name):
                statement = update(column.table).where(column == name)
                connection.execute(statement.values({column.key: left}))
    redact_named(connection, is_them)
    forget_overwritten(connection)


def forget_conference(connection: Connection, slug: str, before: datetime) -> None:
    """A draft is gone; another day may be called so since."""
    endpoints = select(ENDPOINTS.c.id).where(
        ENDPOINTS.c.conference == slug, ENDPOINTS.c.created_at <= before
    )
    connection.execute(delete(DELIVERIES).where(DELIVERIES.c.endpoint_id.in_(endpoints)))
    connection.execute(delete(ENDPOINTS).where(ENDPOINTS.c.id.in_(endpoints)))
    connection.execute(delete(CHANGES).where(CHANGES.c.conference == slug, CHANGES.c.at <= before))
    days.forget(connection, slug, before)


def sweep(connection: Connection, seals: Seals) -> None:
    """What is old goes; the next sweep is tomorrow."""
    connection.execute(delete(DELIVERIES).where(DELIVERIES.c.created_at < now() - KEPT))
    _seal_anew(connection, seals)
    forget_overwritten(connection)
    plan_sweep(connection)


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
            if sealed is None or seals.is_current(sealed, row.id):
                continue
            try:
                anew[name] = seals.seal(seals.unseal(sealed, row.id), row.id)
            except CannotUnseal:
                continue  # its deliveries say so
        if anew:
            connection.execute(update(ENDPOINTS).where(ENDPOINTS.c.id == row.id).values(anew))
