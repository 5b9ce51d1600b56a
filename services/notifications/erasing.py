"""Forgetting a person: their data goes from what is known and from the delivery log."""

from collections.abc import Callable

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import InstrumentedAttribute

from services.notifications.base import forgotten_places
from services.notifications.base.tables import Announcement, Wording
from services.notifications.delivery import log as delivery_log
from services.notifications.delivery import unconfirmed
from services.notifications.occasions import reminders
from shared.base.database import forget_overwritten
from shared.bus.redaction import redact_named
from shared.events.registration import AttendeeErased

ERASED = "—"
_WRITERS: tuple[InstrumentedAttribute[str], ...] = (Announcement.written_by, Wording.saved_by)


def erase(connection: Connection, erased: AttendeeErased) -> None:
    """Leave only that emails were sent. Whatever comes later about this person is not sent."""
    forgotten_places.forget(connection, erased.registration_id, erased.erased_at)
    forgotten_places.forget_colleague(connection, erased.also_in)
    reminders.take_back(connection, erased.registration_id)
    delivery_log.redact(connection, erased.registration_id)
    unconfirmed.forget(connection, erased.registration_id)


def erase_reader(connection: Connection, reader: str) -> None:
    """Leave only that letters were sent to somebody for whom another service asked for them."""
    delivery_log.redact(connection, reader)


def erase_organiser(connection: Connection, is_them: Callable[[str], bool]) -> None:
    """Leave only that somebody wrote what was written, and that they were sent links."""
    for column in _WRITERS:
        for name in connection.execute(select(column).distinct()).scalars().all():
            if is_them(name):
                table = column.class_
                connection.execute(update(table).where(column == name).values({column.key: ERASED}))
    delivery_log.redact_address(connection, is_them)
    redact_named(connection, is_them)
    forget_overwritten(connection)
