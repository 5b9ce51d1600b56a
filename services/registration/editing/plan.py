"""Looking at a programme before it is saved, whichever way it comes in: what there is to remark,
and what people would notice."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from services.registration.base import tables
from services.registration.desk import Desk
from services.registration.editing.checks import Check, People, checks, new_overlaps
from services.registration.editing.notice import Untold, foresee
from services.registration.editing.planned import as_planned
from services.registration.editing.stages import count_living
from services.registration.programme.document import Programme
from services.registration.programme.facts import Conference


@dataclass(frozen=True)
class Plan:
    """The day as it would be, and as it is; `untold` is all that people would not know yet."""

    planned: Conference
    before: Conference | None
    found: list[Check] = field(default_factory=list)
    untold: Untold = field(default_factory=Untold)

    @property
    def asks(self) -> bool:
        """Whether somebody should look at it before it is saved."""
        return bool(self.untold.people) or any(c.weight != "good to know" for c in self.found)


def look_at(desk: Desk, programme: Programme, before: Conference | None) -> Plan:
    """`before` is the conference that this programme would change; none for a new one."""
    planned = as_planned(programme, before)
    if before is None:
        return Plan(planned, None, checks(planned, None))
    with desk.database.read() as connection:
        found = checks(planned, before, _people(connection, planned, before))
        return Plan(planned, before, found, foresee(connection, before, planned, desk.links))


def _people(connection: Connection, planned: Conference, before: Conference) -> People:
    return People(
        count_living(connection, before.id),
        {
            frozenset((first.id, second.id)): _hold_both(connection, first.id, second.id)
            for first, second in new_overlaps(planned, before)
        },
    )


def _hold_both(connection: Connection, first: int, second: int) -> int:
    other = aliased(tables.Seat)
    count: int = connection.execute(
        select(func.count())
        .select_from(tables.Seat)
        .join(other, other.registration_id == tables.Seat.registration_id)
        .where(
            tables.Seat.session_id == first,
            tables.Seat.state == "held",
            other.session_id == second,
            other.state == "held",
        )
    ).scalar_one()
    return count
