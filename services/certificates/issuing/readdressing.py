"""Somebody's address was corrected: what was certified of them goes on to the new one.

Nothing of it is printed, so no document is made anew; but whatever is told of it later is told to
the address that is right.
"""

from typing import Any

from sqlalchemy import Connection, update

from services.certificates.base.records import found_by, lock_registration
from services.certificates.base.tables import Certificate
from shared.bus.rewriting import rewrite, wait_until_filed
from shared.events.registration import AttendanceCertified, RegistrationAddressCorrected


def readdress(connection: Connection, corrected: RegistrationAddressCorrected) -> None:
    """Raises Later while an attendance of before is being certified."""
    now_is = corrected.person_now
    if now_is is None:  # as was told before it was
        return
    wait_until_filed(connection, (AttendanceCertified.type,), corrected.registration_id)
    fields = {"email": now_is.email, "locale": now_is.locale}

    def corrected_in(attendance: dict[str, Any]) -> dict[str, Any]:
        person = {**attendance["person"], **fields}
        return {**attendance, "person": person, "manage_url": corrected.manage_url or ""}

    for record in lock_registration(connection, corrected.registration_id):
        if record.erased_at is None:
            of_record = update(Certificate).where(Certificate.id == record.id)
            attendance = corrected_in(record.attendance)
            found = found_by(record.code, attendance)
            connection.execute(of_record.values(attendance=attendance, **found))
    # What was put aside too, until making certificates is resumed.
    rewrite(connection, (AttendanceCertified.type,), corrected_in, corrected.registration_id)
