"""What is good once is good once, for several processes too, and is forgotten afterwards."""

from datetime import timedelta

from sqlalchemy import func, select

from shared.base.clock import now
from shared.base.database import Database
from shared.bus.once import Spent, spend


def test_a_thing_is_used_once(database: Database) -> None:
    until = now() + timedelta(minutes=1)
    with database.begin() as connection:
        assert spend(connection, "a pass", until)
    with database.begin() as connection:
        assert not spend(connection, "a pass", until)
        assert spend(connection, "another", until)


def test_it_is_kept_no_longer_than_it_was_good(database: Database) -> None:
    with database.begin() as connection:
        assert spend(connection, "old", now() - timedelta(seconds=1))
        assert spend(connection, "new", now() + timedelta(minutes=1))
        assert connection.execute(select(func.count()).select_from(Spent)).scalar() == 1
        names = connection.execute(select(Spent.name)).scalars()
        assert "new" not in set(names), "only its hash"
