"""An address is confirmed once somebody opens a link that only an email to it has brought."""

from sqlalchemy import bindparam, update

from services.registration.base import tables
from services.registration.base.links import Opens
from services.registration.desk import Desk
from shared.base.clock import now
from shared.base.transactions import retried
from shared.events.registration import RegistrationAddressConfirmed

_CONFIRM = (
    update(tables.Registration)
    .where(
        tables.Registration.id == bindparam("registration_id"),
        tables.Registration.link_generation == bindparam("generation"),
        tables.Registration.confirmed_at.is_(None),
        tables.Registration.erased_at.is_(None),
    )
    .values(confirmed_at=bindparam("moment"))
    .returning(tables.Registration.email)
)


@retried
def confirm_address(desk: Desk, opened: Opens) -> None:
    """Once: what opens again, or a link of an address since corrected, changes nothing."""
    found = {
        "registration_id": opened.registration_id,
        "generation": opened.generation,
        "moment": now(),
    }
    with desk.database.begin() as connection:
        email = connection.execute(_CONFIRM, found).scalar()
        if email is not None:
            told = RegistrationAddressConfirmed(registration_id=opened.registration_id, email=email)
            desk.log.append(connection, told, subject=opened.registration_id)
