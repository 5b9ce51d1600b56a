"""Forgetting a person: their data goes from every table, every logged event and every job."""

import json

from sqlalchemy import Connection, bindparam, select, update

from services.registration.base import tables
from services.registration.desk import Desk
from services.registration.people.known_certificates import forget_certificate
from services.registration.seats.changing import leave, lock_registration, promote
from shared.base.clock import now
from shared.base.transactions import retried
from shared.bus import eventlog
from shared.bus.inbox import JobRow
from shared.events.registration import AttendeeErased

ERASED = "—"
_NO_ONE = {"first_name": ERASED, "last_name": ERASED, "email": "", "organisation": None}

_FORGET = (
    update(tables.Registration)
    .where(tables.Registration.id == bindparam("registration_id"))
    .values(
        first_name=ERASED,
        last_name=ERASED,
        email="",
        email_key=None,
        organisation=None,
        job_title=None,
        registered_by=None,
        erased_at=bindparam("moment"),
    )
)


@retried
def erase(desk: Desk, registration_id: str) -> None:
    """Forget the person and tell every service to. Before the close their seats go to others.

    That somebody was present stays counted; who it was does not. Again is harmless.
    """
    with desk.database.begin() as connection:
        record, conference = lock_registration(connection, registration_id)
        if record.erased_at is not None:
            return
        freed: list[int] = []
        if record.status != "cancelled" and conference.closed_at is None:
            _, seats = leave(connection, record, conference)
            freed = [seat.session.id for seat in seats]
        moment = now()
        connection.execute(_FORGET, {"registration_id": record.id, "moment": moment})
        eventlog.redact(connection, record.id, without_person)
        forget_certificate(connection, record.id)
        _redact_jobs(connection, record.id)
        desk.log.append(
            connection,
            AttendeeErased(registration_id=record.id, erased_at=moment),
            subject=record.id,
        )
        promote(desk, connection, conference, freed)


def without_person(envelope: str) -> str:
    """An event as it was, about nobody in particular."""
    event = json.loads(envelope)
    data = event["data"]
    if "person" in data:
        data["person"] = {**data["person"], **_NO_ONE}
    for link in ("manage_url", "download_url", "page_url"):
        if link in data:
            data[link] = ""
    if data.get("registered_by"):
        data["registered_by"] = ERASED
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _redact_jobs(connection: Connection, registration_id: str) -> None:
    for row in connection.execute(
        select(JobRow.id, JobRow.envelope).where(JobRow.subject == registration_id)
    ).all():
        connection.execute(
            update(JobRow).where(JobRow.id == row.id).values(envelope=without_person(row.envelope))
        )
