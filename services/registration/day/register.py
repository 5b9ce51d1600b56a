"""The attendance register of a day: who attended what, by name."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from services.registration.base import tables
from services.registration.day.evidence import read_evidence
from services.registration.day.presence import Attended, attended_so_far
from services.registration.programme.facts import Conference
from services.registration.programme.programmes import load_conference_by_id
from services.registration.seats.records import COLUMNS, Record, read_record
from shared.base.clock import now

Entry = tuple[Record, tuple[Attended, ...]]


def read_register(connection: Connection, conference: Conference) -> Sequence[Entry]:
    """Everybody who attended something, also who cancelled since; nobody who is erased."""
    everybody = read_evidence(connection, conference)
    people = select(*COLUMNS).where(
        tables.Registration.conference_id == conference.id,
        tables.Registration.erased_at.is_(None),
    )
    by_name = people.order_by(
        tables.Registration.last_name, tables.Registration.first_name, tables.Registration.id
    )
    entries = []
    for row in connection.execute(by_name):
        record = Record(*row)
        if evidence := everybody.get(record.id):
            attended = attended_so_far(conference, evidence, now())
            if attended:
                entries.append((record, attended))
    return entries


def entry_of(connection: Connection, registration_id: str) -> Entry:
    """What one person attended. Raises NotFound."""
    record = read_record(connection, registration_id)
    conference = load_conference_by_id(connection, record.conference_id)
    evidence = read_evidence(connection, conference, [record.id])[record.id]
    return record, attended_so_far(conference, evidence, now())
