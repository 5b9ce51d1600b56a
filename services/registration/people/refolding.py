"""What people are found by, for rows that a process of an earlier release wrote without it."""

from sqlalchemy import bindparam, select, update

from services.registration.base import tables
from services.registration.desk import Desk
from services.registration.seats.records import COLUMNS, Record

AT_ONCE = 1000

_WITHOUT = (
    select(*COLUMNS)
    .where(tables.Registration.sought == "", tables.Registration.erased_at.is_(None))
    .limit(AT_ONCE)
)
_FOLD = (
    update(tables.Registration)
    .where(
        tables.Registration.id == bindparam("of_id"),
        tables.Registration.sought == "",
        tables.Registration.erased_at.is_(None),
    )
    .values(sought=bindparam("new_sought"))
)


def fold_the_rest(desk: Desk) -> None:
    """Each day: a rollout leaves few, and as a rule none."""
    with desk.database.begin() as connection:
        rows = [Record(*row) for row in connection.execute(_WITHOUT)]
        if rows:
            connection.execute(_FOLD, [{"of_id": row.id, "new_sought": row.sought} for row in rows])
