"""Many rows in one statement are what they would be one by one."""

import pytest
from sqlalchemy import select, text

from shared.base.clock import now
from shared.base.database import Database
from shared.base.many_rows import inserting, parameters
from shared.bus.logged import LoggedEvent

EACH, SAME = ("id", "type", "subject", "envelope", "position"), ("time",)
TEXTS = ["", "é’ « »", '"\\/', "\n\t\x7f", "𐍈", "[1, {}]", "null", "x" * 70_000, None]


def test_every_text_comes_as_it_is_and_in_order(database: Database) -> None:
    moment = now()
    rows = [[f"e{n}", "t", said, said or "", n or None] for n, said in enumerate(TEXTS)]
    with database.begin() as connection:
        statement = inserting(LoggedEvent, EACH, SAME)[connection.dialect.name]
        connection.execute(statement, parameters(rows, time=moment))
        columns = [getattr(LoggedEvent, name) for name in (*EACH, *SAME)]
        found = connection.execute(select(*columns).order_by(LoggedEvent.number)).all()
    assert [list(row) for row in found] == [[*row, moment] for row in rows]


def test_what_conflicts_is_left_out_and_the_others_are_named(database: Database) -> None:
    with database.begin() as connection:
        statement = inserting(LoggedEvent, EACH[:4], SAME)[connection.dialect.name]
        statement = statement.on_conflict_do_nothing(index_elements=["id"]).returning(
            LoggedEvent.id
        )
        rows = [[name, "t", None, ""] for name in ("a", "b", "a")]
        first = connection.execute(statement, parameters(rows, time=now())).scalars().all()
        second = connection.execute(
            statement, parameters([["a", "t", None, ""], ["c", "t", None, ""]], time=now())
        )
        assert (sorted(first), second.scalars().all()) == (["a", "b"], ["c"])
        assert connection.execute(text("SELECT count(*) FROM event")).scalar_one() == 3


def test_a_moment_is_no_text() -> None:
    with pytest.raises(TypeError, match="time"):
        inserting(LoggedEvent, ("id", "time"), ())
