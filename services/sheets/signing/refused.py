"""Signatures that could not be taken: whoever signed was told, and the organiser sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from services.sheets.base.refusals import Refused, Rule
from services.sheets.base.tables import Participant, Refusal, Sheet
from services.sheets.signing.parties import By
from shared.base.clock import now
from shared.base.database import Database, upsert

# Of the day, and worth an organiser's look; a signature of one pixel is nobody's matter.
SEEN: frozenset[Rule] = frozenset(
    (
        *("sealed", "withdrawn", "cancelled", "elsewhere", "left", "not-on-list"),
        *("too-early", "over", "clock", "ended"),
    )
)


@dataclass(frozen=True)
class SeenRefusal:
    sheet_id: str
    registration_id: str
    name: str  # empty of whoever was erased, or is not known
    rule: Rule
    source: str
    times: int
    last_at: datetime


def note(database: Database, sheet_id: str, registration_id: str, refused: Refused, by: By) -> None:
    """For a person who is known; the same again is counted."""
    if refused.code not in SEEN:
        return
    with database.begin() as connection:
        who = Participant.registration_id == registration_id
        known = connection.execute(select(Participant.status).where(who)).scalar()
        if known in (None, "erased"):
            return
        statement = upsert(connection, Refusal).values(
            sheet_id=sheet_id,
            registration_id=registration_id,
            rule=refused.code,
            source=by.source,
            times=1,
            last_at=now(),
        )
        new = statement.excluded
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[Refusal.sheet_id, Refusal.registration_id, Refusal.rule],
                set_={"source": new.source, "times": Refusal.times + 1, "last_at": new.last_at},
            )
        )


def forget_refusals(connection: Connection, sheet_id: str, registration_id: str) -> None:
    """They have signed the sheet after all: there is nothing more to look at."""
    connection.execute(
        delete(Refusal).where(
            Refusal.sheet_id == sheet_id, Refusal.registration_id == registration_id
        )
    )


def refusals_of(connection: Connection, slug: str) -> Sequence[SeenRefusal]:
    """Of a conference, the last one first."""
    rows = connection.execute(
        select(
            Refusal.sheet_id,
            Refusal.registration_id,
            Participant.first_name,
            Participant.last_name,
            Refusal.rule,
            Refusal.source,
            Refusal.times,
            Refusal.last_at,
        )
        .join(Sheet, Sheet.id == Refusal.sheet_id)
        .join(Participant, Participant.registration_id == Refusal.registration_id)
        .where(Sheet.conference == slug)
        .order_by(Refusal.last_at.desc())
    )
    return [
        SeenRefusal(
            row.sheet_id,
            row.registration_id,
            f"{row.first_name} {row.last_name}".strip(),
            row.rule,
            row.source,
            row.times,
            row.last_at,
        )
        for row in rows
    ]
