"""Forgetting a person: their data goes from every table; the bus sees to its logs and inboxes."""

from sqlalchemy import bindparam, update

from services.registration.base import tables
from services.registration.day.writing import forget_reasons
from services.registration.desk import Desk
from services.registration.history.acts import PERSON, Actor, forget, note
from services.registration.people.known_certificates import forget_certificate
from services.registration.seats.changing import leave, lock_registration
from services.registration.seats.promoting import promote
from shared.base.clock import now
from shared.base.transactions import retried
from shared.bus import inbox
from shared.events.registration import AttendeeErased

ERASED = "—"

_FORGET = (
    update(tables.Registration)
    .where(tables.Registration.id == bindparam("registration_id"))
    .values(
        first_name=ERASED,
        last_name=ERASED,
        email="",
        email_key=None,
        address_key=None,
        organisation=None,
        job_title=None,
        registered_by=None,
        erased_at=bindparam("moment"),
    )
)


@retried
def erase(desk: Desk, registration_id: str, by: Actor = PERSON) -> None:
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
        forget_certificate(connection, record.id)
        forget(connection, record.id)
        note(
            connection,
            by,
            "person.erased",
            conference_id=conference.id,
            registration_id=record.id,
        )
        forget_reasons(connection, record.id)
        inbox.redact(connection, record.id)  # at once: the erasure is filed here a moment later
        desk.log.append(
            connection,
            AttendeeErased(registration_id=record.id, erased_at=moment),
            subject=record.id,
        )
        promote(desk, connection, conference, freed)
