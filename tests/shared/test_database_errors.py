"""The same error for the same fault on SQLite and PostgreSQL, told without anybody's data."""

from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError

from shared.base import database as databases
from shared.base.clock import now
from shared.base.database import Database, lacks_tables, reason
from shared.bus.intake import FeedCursor


@pytest.mark.parametrize(
    "statement",
    ["SELECT missing FROM log_head", "SELECT * FROM missing", "SELEC", "SELECT missing(1)"],
)
def test_a_wrong_statement_is_our_fault(database: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError), database.read() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT missing FROM log_head",
        "SELECT * FROM missing",
        "UPDATE log_head SET missing = 1",
        "INSERT INTO log_head (missing) VALUES (1)",
    ],
)
def test_what_is_not_there_wants_migrating(database: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError) as refused, database.begin() as connection:
        connection.exec_driver_sql(statement)
    assert lacks_tables(refused.value)


def test_other_faults_do_not(database: Database) -> None:
    with pytest.raises(ProgrammingError) as refused, database.begin() as connection:
        connection.exec_driver_sql("SELEC")
    assert not lacks_tables(refused.value)


def test_a_locked_file_is_not(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "SQLITE_WAIT_MS", 1)
    database = Database.open(sqlite_url)
    with database.begin(), pytest.raises(OperationalError, match="locked"), database.begin():
        pass
    database.close()


def test_a_file_that_cannot_be_opened_is_not(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}")  # a folder
    with pytest.raises(OperationalError, match="unable to open"), database.read():
        pass
    database.close()


def test_values_are_not_told(database: Database) -> None:
    """PostgreSQL quotes them: the row that was there already, the text that is no number."""
    row = {"source": "ada@example.org", "position": 0, "head": 0, "seen_at": now()}
    with database.begin() as connection:
        connection.execute(insert(FeedCursor), row)
    with pytest.raises(IntegrityError) as doubled, database.begin() as connection:
        connection.execute(insert(FeedCursor), row)
    assert "feed_cursor" in reason(doubled.value)
    assert "ada" not in reason(doubled.value)


def test_a_value_that_is_no_number_is_not_told(postgres_url: str) -> None:
    database = Database.open(postgres_url)
    with pytest.raises(DataError) as refused, database.read() as connection:
        connection.execute(text("SELECT CAST(:a AS integer)"), {"a": "ada@example.org"})
    assert reason(refused.value) == "22P02"
    database.close()
