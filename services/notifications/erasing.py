"""Forgetting a person: their data goes from what is known, from the delivery log and the inbox."""

import json
from datetime import datetime

from sqlalchemy import Connection, select, update

from services.notifications.base import known_places
from services.notifications.delivery import log as delivery_log
from services.notifications.occasions import reminders
from shared.bus.inbox import JobRow

ERASED = "—"
_NO_ONE = {"first_name": ERASED, "last_name": ERASED, "email": "", "organisation": None}
_LINKS = ("manage_url", "download_url", "page_url")


def erase(
    connection: Connection, registration_id: str, erased_at: datetime, days: tuple[int, ...]
) -> None:
    """Leave only that emails were sent. Whatever comes later about this person is not sent."""
    known = known_places.forget(connection, registration_id, erased_at)
    if known and known.place:
        reminders.take_back(connection, known.place, days)
    delivery_log.redact(connection, registration_id)
    for row in connection.execute(
        select(JobRow.id, JobRow.envelope).where(JobRow.subject == registration_id)
    ).all():
        connection.execute(
            update(JobRow).where(JobRow.id == row.id).values(envelope=_without_person(row.envelope))
        )


def _without_person(envelope: str) -> str:
    event = json.loads(envelope)
    data = event["data"]
    if "person" in data:
        data["person"] = {**data["person"], **_NO_ONE}
    if data.get("registered_by"):
        data["registered_by"] = ERASED
    data |= {link: "" for link in _LINKS if link in data}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
