"""Whether a commit waits for the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from shared.base.database import Database

FULL = 2  # of PRAGMA synchronous


@contextmanager
def synced(database: Database) -> Iterator[list[bool]]:
    """For each transaction committed within the block, whether it waited."""
    engine = database.engine
    waits: list[bool] = []

    def look(connection: Connection) -> None:
        cursor: Any = connection.connection.cursor()
        if connection.dialect.name == "sqlite":
            waits.append(cursor.execute("PRAGMA synchronous").fetchone()[0] >= FULL)
        else:
            cursor.execute("SHOW synchronous_commit")
            waits.append(cursor.fetchone()[0] == "on")

    if engine.dialect.name == "postgresql":  # off by default where tests run
        with engine.begin() as connection:
            name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
            connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = on")
        engine.dispose()
    event.listen(engine, "commit", look)
    yield waits
    event.remove(engine, "commit", look)
