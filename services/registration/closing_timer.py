"""The day closes by itself some time after its last session."""

from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Connection

from services.registration.desk import now
from shared.events import Payload
from shared.inbox import schedule


class CloseDay(Payload):
    """To this service itself: close the day and certify who was there."""

    type: ClassVar[str] = "registration.close-day"
    conference: str


def set_closing_timer(
    connection: Connection, slug: str, last_ends_at: datetime, hours: float
) -> None:
    """Set the timer, or move it. A day entered afterwards still gets its hours for check-ins."""
    at = max(last_ends_at, now()) + timedelta(hours=hours)
    close_at(connection, slug, at)


def close_at(connection: Connection, slug: str, at: datetime) -> None:
    schedule(connection, CloseDay(conference=slug), key=f"close:{slug}", at=at)
