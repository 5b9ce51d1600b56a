"""An address is confirmed once somebody opens a link that only an email to it has brought; that of
everybody who is registered with it for the day, for an email to one has shown whose it is."""

from sqlalchemy import bindparam, or_, select, update

from services.registration.base import tables
from services.registration.base.links import Opens
from services.registration.desk import Desk
from services.registration.seats.records import conference_of
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events.registration import RegistrationAddressConfirmed

_UNCONFIRMED = select(tables.Registration.conference_id, tables.Registration.address_key).where(
    tables.Registration.id == bindparam("opened"),
    tables.Registration.link_generation == bindparam("generation"),
    tables.Registration.confirmed_at.is_(None),
    tables.Registration.erased_at.is_(None),
)
_CONFIRM = (
    update(tables.Registration)
    .where(
        tables.Registration.conference_id == bindparam("of_conference"),
        or_(
            tables.Registration.id == bindparam("opened"),
            tables.Registration.address_key == bindparam("address"),
        ),
        tables.Registration.confirmed_at.is_(None),
        tables.Registration.erased_at.is_(None),
    )
    .values(confirmed_at=bindparam("moment"))
    .returning(tables.Registration.id, tables.Registration.email)
)


def confirm_address(desk: Desk, opened: Opens) -> None:
    """Once: what opens again, or a link of an address since corrected, changes nothing."""
    which = {"opened": opened.registration_id, "generation": opened.generation}
    with desk.database.read() as connection:
        found = connection.execute(_UNCONFIRMED, which).first()
    if found is not None:
        _confirm(desk, which)


@retried
def _confirm(desk: Desk, which: dict[str, object]) -> None:
    with desk.database.begin() as connection:
        # Locked: a correction of the address waits, or is seen here.
        locked = _UNCONFIRMED.with_for_update(key_share=True)
        found = connection.execute(locked, which).first()
        if found is None:
            return
        whose = {"of_conference": found.conference_id, "address": found.address_key}
        confirmed = connection.execute(
            _CONFIRM, {**whose, "opened": which["opened"], "moment": now()}
        )
        for registration_id, email in confirmed.all():
            told = RegistrationAddressConfirmed(
                registration_id=registration_id,
                email=email,
                conference=conference_of(connection, registration_id),
            )
            desk.log.append(connection, told, subject=registration_id)
