"""Many rows in one statement, on either database: what differs from row to row comes as one JSON
parameter, what they share as one each. A driver that binds every value by itself takes longer for
sixty rows than the database.

SEATS = inserting(tables.Seat, each=("registration_id", "session_id"), same=("state",))
connection.execute(SEATS[dialect], parameters([["r1", 7], ["r2", 9]], state="held"))
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Integer, String, Text, bindparam, cast, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB

from shared.base.database import INSERTS


def inserting(table: Any, each: Sequence[str], same: Sequence[str]) -> dict[str, Any]:
    """The INSERT for each database, by its name; it takes `.on_conflict_…()` and `.returning()`.
    `each` are columns of text or whole numbers, `same` of any kind."""
    return {name: _inserting(name, table, each, same) for name in INSERTS}


def parameters(rows: Iterable[Sequence[Any]], **same: Any) -> dict[str, Any]:
    """What such a statement is executed with; a row has its values in the order of `each`."""
    given = json.dumps([*rows], ensure_ascii=False, separators=(",", ":"))
    return {"given_rows": given, **{f"same_{name}": value for name, value in same.items()}}


def _inserting(database: str, table: Any, each: Sequence[str], same: Sequence[str]) -> Any:
    columns = table.__table__.c
    given: Any = bindparam("given_rows", type_=Text())
    if database == "sqlite":
        row = func.json_each(given).table_valued("value").c.value
    else:
        row = func.jsonb_array_elements(cast(given, JSONB)).table_valued("value").c.value
    values = [_value(row, place, columns[name]) for place, name in enumerate(each)]
    values += [bindparam(f"same_{name}", type_=columns[name].type) for name in same]
    # Without a WHERE, SQLite would take ON CONFLICT for the ON of a join.
    return INSERTS[database](table).from_select([*each, *same], select(*values).where(text("true")))


def _value(row: Any, place: int, column: Any) -> Any:
    value = row.op("->>")(literal_column(str(place)))
    if isinstance(column.type, Integer):
        return cast(value, column.type)
    if not isinstance(column.type, String):
        raise TypeError(f"{column} is no text and no whole number")
    return value
