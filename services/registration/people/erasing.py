"""Forgetting a person: their data goes from every table; the bus sees to its logs and inboxes."""

from sqlalchemy import Connection, bindparam, select, update

from services.registration.base import tables
from services.registration.batches.forgetting import forget_rows
from services.registration.day.writing import forget_reasons
from services.registration.desk import Desk
from services.registration.history.acts import ERASED, PERSON, Actor, forget, note
from services.registration.people.identities import identity_of
from services.registration.people.known_certificates import forget_certificate
from services.registration.seats import answers
from services.registration.seats.changing import leave, lock_registration
from services.registration.seats.promoting import promote
from services.registration.seats.records import Record
from shared.base.clock import now
from shared.base.database import forget_overwritten
from shared.base.transactions import retried
from shared.bus import redaction
from shared.events.registration import AttendeeErased

_FORGET = (
    update(tables.Registration)
    .where(tables.Registration.id == bindparam("registration_id"))
    .values(
        first_name=ERASED,
        last_name=ERASED,
        email="",
        email_key=None,
        address_key=None,
        sought="",
        organisation=None,
        job_title=None,
        registered_by=None,
        confirm_by=None,
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
        others = _take_out_of_others(connection, record)
        connection.execute(_FORGET, {"registration_id": record.id, "moment": moment})
        answers.forget(connection, [record.id, *others])
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
        redaction.redact(connection, record.id)  # at once: the erasure is filed here a moment later
        for other in others:
            redaction.redact_others(connection, other)
        forget_overwritten(connection)
        desk.log.append(
            connection,
            AttendeeErased(
                registration_id=record.id,
                conference=conference.slug,
                erased_at=moment,
                also_in=tuple(others),
            ),
            subject=record.id,
        )
        promote(desk, connection, conference, freed)


def _take_out_of_others(connection: Connection, record: Record) -> list[str]:
    """From rows of files, and from whoever they registered; returns the ids of those."""
    identity = identity_of(connection, record)
    forget_rows(connection, record.conference_id, identity.is_of)
    by_them = (
        tables.Registration.conference_id == record.conference_id,
        tables.Registration.registered_by.in_(identity.names),
    )
    others = connection.execute(select(tables.Registration.id).where(*by_them)).scalars().all()
    connection.execute(update(tables.Registration).where(*by_them).values(registered_by=None))
    return list(others)
