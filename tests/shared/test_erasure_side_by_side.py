"""On PostgreSQL, where transactions are side by side: nothing slips past an erasure."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import text

from shared.base.database import Database
from shared.bus import eventlog
from shared.bus.migrations import migrate
from shared.testing import eventually
from tests.shared.someone import ERASED, certificates, confirmed, file, issued, tell, words_in


@contextmanager
def opened(url: str) -> Iterator[Database]:
    with closing(Database.open(url)) as database:
        migrate(database)
        yield database


def waits(database: Database) -> bool:
    """Whether somebody in this database waits for a lock."""
    with database.read() as connection:
        return bool(
            connection.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
            ).scalar_one()
        )


def test_an_erasure_waits_for_whoever_files(postgres_url: str) -> None:
    def erase() -> None:
        with database.begin() as connection:
            file(connection, ERASED)

    with opened(postgres_url) as database:
        erasing = threading.Thread(target=erase)
        with database.begin() as slow:
            file(slow, confirmed())
            erasing.start()
            eventually(lambda: waits(database))
        erasing.join()
        with database.read() as connection:
            assert words_in(connection.execute(text("SELECT * FROM job")).all()) == []


def test_whoever_files_waits_for_an_erasure(postgres_url: str) -> None:
    def file_late() -> None:
        with database.begin() as connection:
            file(connection, confirmed())

    with opened(postgres_url) as database:
        filing = threading.Thread(target=file_late)
        with database.begin() as slow:
            file(slow, ERASED)
            filing.start()
            eventually(lambda: waits(database))
        filing.join()
        with database.read() as connection:
            rows = connection.execute(text("SELECT * FROM job")).all()
    assert len(rows) == 1
    assert words_in(rows) == []


def test_whoever_reads_the_feed_waits_for_an_erasure(postgres_url: str) -> None:
    read: list[str] = []
    with opened(postgres_url) as database:
        reading = threading.Thread(target=lambda: read.extend(eventlog.page(database, 0).events))
        with database.begin() as slow:
            file(slow, ERASED)
            tell(database, certificates, issued())
            reading.start()
            eventually(lambda: waits(database))
        reading.join()
    assert len(read) == 1
    assert words_in(read) == []
