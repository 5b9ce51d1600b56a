"""Forgetting a person: their data goes from what is known and from the delivery log."""

from datetime import datetime

from sqlalchemy import Connection

from services.notifications.base import known_places
from services.notifications.delivery import log as delivery_log
from services.notifications.occasions import reminders


def erase(connection: Connection, registration_id: str, erased_at: datetime) -> None:
    """Leave only that emails were sent. Whatever comes later about this person is not sent."""
    known_places.forget(connection, registration_id, erased_at)
    reminders.take_back(connection, registration_id)
    delivery_log.redact(connection, registration_id)
