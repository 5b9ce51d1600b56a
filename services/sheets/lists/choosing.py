"""An organiser chooses of what there is a sheet, and what asks that sheets are kept."""

from sqlalchemy import Connection

from services.sheets.base import acts
from services.sheets.base.refusals import Refused
from services.sheets.base.tables import Choice as ChoiceRow
from services.sheets.base.units import UnitKind
from services.sheets.lists.choices import YEARS, Choice, Purpose, choice_of, signed_unit
from services.sheets.lists.days import follow
from services.sheets.lists.retaining import look_now, plan
from shared.base.clock import now
from shared.base.database import Database, upsert
from shared.base.transactions import retried
from shared.bus.eventlog import EventLog


@retried
def make_choice(
    database: Database, log: EventLog, slug: str, unit: UnitKind, purpose: Purpose, *, actor: str
) -> Choice:
    """As `choose`, by an organiser on their page."""
    with database.begin() as connection:
        return choose(connection, log, slug, unit, purpose, actor=actor)


def choose(
    connection: Connection,
    log: EventLog,
    slug: str,
    unit: UnitKind,
    purpose: Purpose,
    *,
    actor: str,
    actor_kind: str = "organiser",
) -> Choice:
    """The sheets follow at once. Raises Refused("signed", "unit") where somebody has signed."""
    before = choice_of(connection, slug)
    if signed_unit(connection, slug) not in (None, unit):
        raise Refused("signed", "unit")
    chosen = Choice(unit, purpose, YEARS[purpose], made=True)
    columns = {
        "conference": slug,
        "unit": unit,
        "purpose": purpose,
        "years": chosen.years,
        "set_by": actor,
        "set_at": now(),
    }
    statement = upsert(connection, ChoiceRow).values(columns)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[ChoiceRow.conference], set_=columns)
    )
    said = {
        "before": {"unit": before.unit, "purpose": before.purpose},
        "after": {"unit": unit, "purpose": purpose},
    }
    acts.record(connection, slug, "choice.made", actor_kind=actor_kind, actor=actor, said=said)
    follow(connection, log, slug, unit)
    plan(connection, slug)
    if before.is_asked_for and not chosen.is_asked_for:
        look_now(connection, slug)
    return chosen
