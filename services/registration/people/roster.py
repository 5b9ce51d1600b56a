"""A roster: a list of people to register, checked row by row before anybody is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from services.registration.base import tables
from services.registration.base.person import person_key
from services.registration.base.refusals import AlreadyRegistered, Fault
from services.registration.batches.batch import Item, Reasons, draft
from services.registration.batches.working import reason_of, reasons_of
from services.registration.desk import Desk
from services.registration.lists.columns import guess_columns, missing_fields
from services.registration.lists.people import Listed, people
from services.registration.lists.reading import read_table
from services.registration.lists.table import Unreadable
from services.registration.programme.facts import Conference, Session
from shared.base.transactions import retried

# Of a row that waits for an answer or a tick: nothing is stored before.
_DOUBTFUL = "This row is doubtful: correct it in the file."
_HELD_BACK = "The list says “%(status)s”: this row is not registered."


@dataclass(frozen=True)
class Checked:
    """A row of the file: what to register, or why it cannot be."""

    number: int
    given: dict[str, Any]
    reasons: Reasons = ()

    @property
    def item(self) -> Item:
        return Item(
            self.number,
            given=self.given,
            outcome="refused" if self.reasons else None,
            reasons=self.reasons,
        )


def read_roster(content: bytes, conference: Conference) -> list[Listed]:
    """Its rows, read as they are most likely meant. Raises Unreadable when it as a whole cannot be
    used; Busy."""
    table = read_table(content)
    assignment = guess_columns(table, conference)
    if missing := missing_fields(assignment):
        raise Unreadable("These columns are missing: %(names)s.", names=", ".join(missing))
    return people(table, assignment, conference)


def check_roster(
    connection: Connection, conference: Conference, rows: Sequence[Listed]
) -> list[Checked]:
    """Every row, checked against the file itself and who is registered already."""
    checked = [Checked(row.number, row.given, _reasons(row)) for row in rows]
    return _without_repetitions(checked, _registered_keys(connection, conference))


def _reasons(row: Listed) -> Reasons:
    if row.held_back and row.status:
        return [{"message": _HELD_BACK, "parameters": {"status": row.status.written}}]
    if row.doubts and not row.reasons:
        return [{"message": _DOUBTFUL, "parameters": {}}]
    return row.reasons


@retried
def draft_roster(
    desk: Desk,
    conference: Conference,
    checked: Sequence[Checked],
    *,
    waitlist: bool,
    requested_by: str,
) -> str:
    """A batch that registers whoever can be, for an organiser to look at; returns its id."""
    with desk.database.begin() as connection:
        items = (row.item for row in checked)
        return draft(
            connection, conference, "register", {"waitlist": waitlist}, requested_by, items
        )


def demand(conference: Conference, checked: list[Checked]) -> list[tuple[Session, int]]:
    """How many of the rows that can be registered want each session that is chosen."""
    wanted = Counter(slug for row in checked if not row.reasons for slug in row.given["sessions"])
    return [
        (session, wanted[session.slug]) for session in conference.sessions if session.slug in wanted
    ]


def _without_repetitions(checked: list[Checked], registered: set[str]) -> list[Checked]:
    seen: dict[str, int] = {}
    out = []
    for row in checked:
        if row.reasons:
            out.append(row)
            continue
        person = row.given["person"]
        key = person_key(person["email"], person["first_name"], person["last_name"])
        if key in registered:
            out.append(Checked(row.number, row.given, reasons_of(AlreadyRegistered())))
        elif key in seen:
            fault = Fault("/email", "This person is in row %(row)s already.", {"row": seen[key]})
            out.append(Checked(row.number, row.given, [reason_of(fault)]))
        else:
            seen[key] = row.number
            out.append(row)
    return out


def _registered_keys(connection: Connection, conference: Conference) -> set[str]:
    keys = connection.execute(
        select(tables.Registration.email_key).where(
            tables.Registration.conference_id == conference.id,
            tables.Registration.status != "cancelled",
        )
    ).scalars()
    return {key for key in keys if key}
