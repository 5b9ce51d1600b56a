"""Somebody's address was corrected: what was certified of them goes on to the new one.

Nothing of it is printed, so no document is made anew; but whatever is told of it later is told to
the address that is right. Whoever reads the wrong one may be a stranger: links that were sent there
are ended, and others are sent.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, update

from services.certificates.base.records import columns, lock_registration
from services.certificates.base.tables import Certificate
from services.certificates.issuing import telling
from services.certificates.resources import Resources
from shared.bus.rewriting import rewrite, wait_until_filed
from shared.events.registration import AttendanceCertified, RegistrationAddressCorrected
from shared.words.addresses import address_key


def readdress(
    connection: Connection, corrected: RegistrationAddressCorrected, resources: Resources
) -> None:
    """Raises Later while an attendance of before is being certified."""
    now_is = corrected.person_now
    if now_is is None:  # as was told before it was
        return
    wait_until_filed(connection, (AttendanceCertified.type,), corrected.registration_id)
    fields = {"email": now_is.email, "locale": now_is.locale}

    def corrected_in(attendance: dict[str, Any]) -> dict[str, Any]:
        person = {**attendance["person"], **fields}
        return {**attendance, "person": person, "manage_url": corrected.manage_url or ""}

    sent_to = address_key(corrected.person.email)
    ends = bool(sent_to) and sent_to != address_key(now_is.email)
    theirs = []
    for record in lock_registration(connection, corrected.registration_id):
        if record.erased_at is None:
            now_has = replace(record, attendance=corrected_in(record.attendance))
            if ends:
                generation = record.link_generation + 1
                key = resources.mint.link_key(record.id, generation)
                now_has = replace(now_has, link_generation=generation, link_key=key)
            of_record = update(Certificate).where(Certificate.id == record.id)
            connection.execute(of_record.values(**columns(now_has)))
            theirs.append(now_has)
    if ends:
        resources.log.append_all(connection, [*telling.relinked(resources.links, theirs)])
    # What was put aside too, until making certificates is resumed.
    rewrite(connection, (AttendanceCertified.type,), corrected_in, corrected.registration_id)
