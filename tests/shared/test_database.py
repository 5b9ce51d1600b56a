"""One database, the same way on SQLite and PostgreSQL."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.util import CommandError
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import (
    DBAPIError,
    OperationalError,
    StatementError,
)
from structlog.testing import capture_logs

from shared.base import database as databases
from shared.base.database import Database, after_commit, upsert
from shared.bus.intake import FeedCursor
from shared.bus.logged import LogHead
from shared.bus.migrations import migrate
from tests.shared.conftest import ROOT, Environment

NORMAL, FULL = 1, 2  # https://www.sqlite.org/pragma.html#pragma_synchronous
PARIS = timezone(timedelta(hours=1))


class Undone(Exception):
    pass


@contextmanager
def rolled_back(database: Database) -> Iterator[Connection]:
    with suppress(Undone), database.begin() as connection:
        yield connection
        raise Undone


def position(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(LogHead.position)).scalar_one()


class TestTimes:
    def store(self, database: Database, moment: datetime) -> datetime:
        row = {"source": "a", "position": 0, "head": 0, "seen_at": moment}
        with database.begin() as connection:
            connection.execute(upsert(connection, FeedCursor), row)
        with database.read() as connection:
            seen = connection.execute(select(FeedCursor.seen_at)).scalar_one()
        assert seen is not None
        return seen

    def test_they_come_back_aware_and_the_same(self, database: Database) -> None:
        moment = datetime(2019, 11, 7, 9, 30, tzinfo=PARIS)
        found = self.store(database, moment)
        assert found == moment
        assert found.utcoffset() == timedelta()

    def test_they_compare_as_times_whatever_their_zone(self, database: Database) -> None:
        self.store(database, datetime(2019, 11, 7, 9, 30, tzinfo=PARIS))  # 8:30 UTC
        with database.read() as connection:
            later = select(FeedCursor.source).where(
                FeedCursor.seen_at > datetime(2019, 11, 7, 9, 0, tzinfo=UTC)
            )
            assert connection.execute(later).all() == []

    def test_a_naive_one_is_refused(self, database: Database) -> None:
        with pytest.raises(StatementError, match="without time zone"):
            self.store(database, datetime(2019, 11, 7))  # noqa: DTZ001  what must be refused


class TestTransactions:
    @pytest.mark.parametrize("durable", [True, False])
    def test_committed_at_the_end(self, database: Database, durable: bool) -> None:
        with database.begin(durable=durable) as connection:
            connection.execute(update(LogHead).values(position=7))
        assert position(database) == 7

    def test_rolled_back_when_it_raises(self, database: Database) -> None:
        with rolled_back(database) as connection:
            connection.execute(update(LogHead).values(position=7))
        assert position(database) == 0

    def test_callbacks_run_after_the_commit_and_not_after_a_rollback(
        self, database: Database
    ) -> None:
        seen: list[int] = []
        with database.begin() as connection:
            connection.execute(update(LogHead).values(position=7))
            after_commit(connection, lambda: seen.append(position(database)))
        with rolled_back(database) as connection:
            after_commit(connection, lambda: seen.append(-1))
        with database.begin() as connection:
            pass  # the callbacks of one are not those of the next
        assert seen == [7]

    def test_a_callback_that_fails_does_not_make_the_commit_look_refused(
        self, database: Database
    ) -> None:
        seen: list[int] = []
        with capture_logs() as lines, database.begin() as connection:
            after_commit(connection, lambda: seen[0])
            after_commit(connection, lambda: seen.append(1))
        assert seen == [1]
        assert [line["event"] for line in lines] == ["failed after the commit"]

    @pytest.mark.parametrize("durable", [True, False])
    def test_a_connection_that_is_gone_does_not_hide_what_went_wrong(
        self, database: Database, durable: bool
    ) -> None:
        def lose_it() -> None:
            with database.begin(durable=durable) as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.close()
                connection.execute(select(LogHead.position))

        with pytest.raises(DBAPIError, match="SELECT log_head"):
            lose_it()

    def test_each_says_for_itself_how_durable_it_is(self, sqlite_url: str) -> None:
        """Also after one on the same connection that was not, and failed."""
        database = Database.open(sqlite_url, pool_size=1)

        def synchronous(*, durable: bool) -> int:
            with database.begin(durable=durable) as connection:
                return connection.exec_driver_sql("PRAGMA synchronous").scalar_one()

        assert synchronous(durable=True) == FULL
        assert synchronous(durable=False) == NORMAL
        with suppress(Undone), database.begin(durable=False):
            raise Undone
        assert synchronous(durable=True) == FULL
        database.close()

    def test_reading_and_then_writing_waits_its_turn(self, database: Database) -> None:
        """On SQLite a deferred transaction would fail at once when another one wrote meanwhile."""
        other_has_read = threading.Event()

        def count_up() -> None:
            with database.begin() as connection:
                connection.execute(select(LogHead.position)).one()
                other_has_read.set()
                connection.execute(update(LogHead).values(position=LogHead.position + 1))

        with ThreadPoolExecutor() as threads:
            with database.begin() as connection:
                connection.execute(select(LogHead.position)).one()
                other = threads.submit(count_up)
                other_has_read.wait(0.5)  # it cannot, where it has to wait its turn
                connection.execute(update(LogHead).values(position=LogHead.position + 1))
            other.result(timeout=60)
        assert position(database) == 2


class TestMigrations:
    def test_repeating_them_changes_nothing(self, database: Database) -> None:
        with database.begin() as connection:
            connection.execute(update(LogHead).values(position=7))
        migrate(database)
        assert position(database) == 7

    def test_one_of_a_later_version_is_left_as_it_is(self, database: Database) -> None:
        with database.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'spine_9999'")
        assert migrate(database) == ["spine_9999"]

    def test_one_that_is_not_ours_is_refused(self, database: Database) -> None:
        with database.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'other_9999'")
        with pytest.raises(CommandError, match="other_9999"):
            migrate(database)

    def test_three_at_once_take_turns(self, postgres_url: str, environment: Environment) -> None:
        database = Database.open(postgres_url)
        with database.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        migrating = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.shared.sample", "migrate"],
                env=environment | {"EMARGE_DATABASE_URL": postgres_url},
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
            )
            for _ in range(3)
        ]
        assert [process.wait(timeout=60) for process in migrating] == [0, 0, 0]
        assert position(database) == 0
        database.close()


def process(connection: Connection) -> int:
    """Of the server, for this connection."""
    return connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()


class TestLostConnections:
    """PostgreSQL was restarted, or a firewall has forgotten the connection."""

    @pytest.fixture
    def pooled(self, postgres_url: str) -> Iterator[Database]:
        database = Database.open(postgres_url, pool_size=2)
        with database.read() as one, database.read() as other:
            one.execute(select(LogHead.position))
            other.execute(select(LogHead.position))
        yield database
        database.close()

    def test_the_one_used_last_is_used_next(self, pooled: Database) -> None:
        """It is the one that need not be asked."""
        for _ in range(2):
            with pooled.read() as one, pooled.read() as other:
                last, first = process(one), process(other)
            assert last != first
            with pooled.read() as next_one:
                assert process(next_one) == last

    def cut(self, postgres_url: str) -> None:
        """All connections to this database but the one that says so."""
        server = Database.open(postgres_url)
        with server.begin() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        server.close()

    def test_one_that_was_idle_is_replaced_before_it_is_used(
        self, pooled: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(databases, "TRUSTED", 0.0)
        self.cut(postgres_url)
        assert position(pooled) == 0
        assert position(pooled) == 0

    def test_one_that_was_just_used_fails_once_and_with_it_all_are_replaced(
        self, pooled: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(databases, "TRUSTED", 60.0)
        self.cut(postgres_url)
        with pytest.raises(OperationalError):
            position(pooled)
        assert position(pooled) == 0
        assert position(pooled) == 0
