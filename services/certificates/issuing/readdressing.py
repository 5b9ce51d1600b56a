"""Somebody's address was corrected: what was certified of them goes on to the new one.

Nothing of it is printed, so no document is made anew; but whatever is told of it later is told to
the address that is right.
"""

import json

from sqlalchemy import Connection, select, update

from services.certificates.base.records import lock_registration
from services.certificates.base.tables import Certificate
from shared.bus.inbox import JobRow
from shared.bus.rewriting import wait_until_filed
from shared.events.registration import AttendanceCertified, RegistrationAddressCorrected


def readdress(connection: Connection, corrected: RegistrationAddressCorrected) -> None:
    """Raises Later while an attendance of before is being certified."""
    now_is = corrected.person_now
    if now_is is None:  # as was told before it was
        return
    wait_until_filed(connection, (AttendanceCertified.type,), corrected.registration_id)
    fields = {"email": now_is.email, "locale": now_is.locale}
    for record in lock_registration(connection, corrected.registration_id):
        if record.erased_at is None:
            attendance = {
                **record.attendance,
                "person": {**record.attendance["person"], **fields},
                "manage_url": corrected.manage_url or "",
            }
            of_record = Certificate.id == record.id
            connection.execute(update(Certificate).where(of_record).values(attendance=attendance))
    _put_aside(connection, corrected, fields)


def _put_aside(
    connection: Connection, corrected: RegistrationAddressCorrected, fields: dict[str, str]
) -> None:
    """What waits until making certificates is resumed, or is looked into."""
    rest = select(JobRow.id, JobRow.envelope).where(
        JobRow.subject == corrected.registration_id,
        JobRow.type == AttendanceCertified.type,
        JobRow.state != "done",
    )
    for number, envelope in connection.execute(rest).all():
        event = json.loads(envelope)
        if not event.get("redacted"):
            event["data"]["person"] |= fields
            event["data"]["manage_url"] = corrected.manage_url or ""
            written = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
            connection.execute(update(JobRow).where(JobRow.id == number).values(envelope=written))
