"""A use case is done again when the database asks for it, and only then."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from shared.base.database import Database
from shared.base.transactions import PAUSES, Collision, retried


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """SQLite lets one transaction write at a time: there is nothing to deadlock."""
    return postgres_url


def add_one(connection: Connection, row: str) -> None:
    connection.execute(text("UPDATE counts SET n = n + 1 WHERE name = :row"), {"row": row})


def test_of_two_that_deadlock_both_are_done_in_the_end(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE counts AS SELECT 'a' AS name, 0 AS n"))
        connection.execute(text("INSERT INTO counts VALUES ('b', 0)"))
    crossed = threading.Barrier(2, timeout=30)
    tries: list[str] = []

    @retried
    def add_to_both(first: str, second: str) -> None:
        with database.begin() as connection:
            add_one(connection, first)
            tries.append(first)
            if tries.count(first) == 1:
                crossed.wait()  # each holds what the other one wants next
            add_one(connection, second)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add_to_both, "ab", "ba"))
    assert len(tries) > 2  # one had to begin again, and may have met the other once more
    with database.read() as connection:
        assert dict(connection.execute(text("SELECT name, n FROM counts")).all()) == {
            "a": 2,
            "b": 2,
        }


def test_a_draw_that_always_collides_is_given_up() -> None:
    draws: list[int] = []

    @retried
    def draw() -> None:
        draws.append(1)
        raise Collision

    with pytest.raises(Collision):
        draw()
    assert len(draws) == len(PAUSES) + 1


def test_what_will_not_pass_is_not_tried_again() -> None:
    tries: list[int] = []

    @retried
    def reach() -> None:
        tries.append(1)
        raise OperationalError("SELECT 1", {}, Exception("the database is away"))

    with pytest.raises(OperationalError):
        reach()
    assert len(tries) == 1
