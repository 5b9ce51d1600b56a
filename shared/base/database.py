"""One database of one service, the same way on SQLite and PostgreSQL.

A write transaction is `with database.begin() as connection`; a read is `with database.read()`.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InvalidatePoolError, ProgrammingError, StatementError
from sqlalchemy.types import TypeDecorator

from shared.base.clock import monotonic
from shared.base.errors import NotMigrated, RowForgotten

# By dialect, for statements that are built once: an INSERT with `.on_conflict_…()`.
INSERTS: dict[str, Callable[[Any], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
SQLITE_WAIT_MS = 30_000
TRUSTED = 2.0  # seconds for which a connection to PostgreSQL that was used is taken to stand

# So that a server whose machine is gone, and says nothing, is noticed: libpq waits for minutes.
# Its parameters; those in the URL go before.
REACHING = {
    "connect_timeout": "5",  # seconds
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "15000",  # milliseconds, for what was sent and not acknowledged
}

# SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html
DATA_EXCEPTION = "22"  # a class, whose messages quote the value
MISSING_IN_POSTGRESQL = ("42P01", "42703")  # table, column
MISSING_IN_SQLITE = re.compile(r"no such (table|column)|table \S+ has no column")

log = structlog.get_logger()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, in UTC on disk; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  the signature is SQLAlchemy's
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """A pool of connections to one database. Open one per process, never before a fork."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # PostgreSQL needs no transaction around a read: BEGIN and ROLLBACK are two round trips. On
        # SQLite the transaction keeps the file as it is between two statements.
        self.has_server = engine.dialect.name != "sqlite"
        self._reading = (
            engine.execution_options(isolation_level="AUTOCOMMIT") if self.has_server else engine
        )

    @classmethod
    def open(cls, url: str, pool_size: int = 8) -> "Database":
        parsed = make_url(url)
        # Errors are logged and kept as reasons; their parameters may be personal data.
        if parsed.get_backend_name() == "sqlite":
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(
                parsed, pool_size=pool_size, max_overflow=pool_size, hide_parameters=True
            )
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            event.listen(engine, "handle_error", _blame_statement)
        else:
            engine = create_engine(
                parsed.set(query=REACHING | dict(parsed.query)),
                pool_size=pool_size,
                max_overflow=pool_size,
                pool_use_lifo=True,  # the one used last need not be asked
                hide_parameters=True,
            )
            _ask_after_idling(engine)
        return cls(engine)

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[Connection]:
        """A write transaction: committed at the end of the block, rolled back when it raises.

        `durable=False` returns before the disk has it: it survives any process of ours, but not a
        power cut, nor a crash of PostgreSQL within the next half second.
        """
        callbacks: list[Callable[[], object]] = []
        with self.engine.connect() as connection:
            connection = connection.execution_options(
                writes=True, durable=durable, after_commit=callbacks, has_server=self.has_server
            )
            with connection.begin():
                if self.has_server and not durable:
                    connection.execute(text("SET LOCAL synchronous_commit = off"))
                yield connection
        for callback in callbacks:
            try:
                callback()
            except Exception:
                # What is committed must not look refused.
                name = getattr(callback, "__qualname__", type(callback).__name__)
                log.exception("failed after the commit", callback=name)

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """A statement that is a transaction of its own. On PostgreSQL it waits for the disk, and
        there is no BEGIN and COMMIT around it, each a round trip; on SQLite it does not wait."""
        if self.engine.dialect.name == "sqlite":
            with self.begin(durable=self.has_server) as connection:
                yield connection
            return
        with self._reading.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read; between its statements others may commit."""
        with self._reading.connect() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def upsert(connection: Connection, table: Any) -> Any:
    """An INSERT that takes `.on_conflict_do_nothing()` and `.on_conflict_do_update()`."""
    return INSERTS[connection.dialect.name](table)


def after_commit(connection: Connection, callback: Callable[[], object]) -> None:
    """Call `callback` once the enclosing `Database.begin()` block has committed.

    Best effort: it is not called when the process dies, and what it raises is only logged.
    """
    connection.get_execution_options()["after_commit"].append(callback)


def wait_for_disk(connection: Connection) -> None:
    """This transaction is durable after all, whatever it was begun as. SQLite has no server whose
    crash could forget it."""
    if connection.get_execution_options()["has_server"]:
        connection.execute(text("SET LOCAL synchronous_commit = on"))


def changed_one(result: CursorResult[Any], what: str) -> None:
    """After an UPDATE that must have found its row. Raises RowForgotten, and takes the transaction
    back with it: a crash of the database has forgotten what an earlier one wrote."""
    if result.rowcount != 1:
        raise RowForgotten(f"{what} is not there any more")


def forget_overwritten(connection: Connection) -> None:
    """After the commit: what this transaction has overwritten is nowhere in the database's files,
    SQLite's write-ahead log included. PostgreSQL's vacuum does the same in its own time."""
    engine = connection.engine

    def empty_log() -> None:
        # As the driver itself: a transaction of ours would be what it waits for.
        with closing(engine.raw_connection()) as raw:
            busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            log.warning("write-ahead log not emptied", reason="somebody reads for too long")

    if engine.dialect.name == "sqlite":
        after_commit(connection, empty_log)


def reason(error: Exception) -> str:
    """What the database, or the way to it, said: without the statement, and without the values
    that PostgreSQL quotes."""
    said: Any = getattr(error, "orig", None) or error
    state = getattr(said, "sqlstate", None)
    if state is None:
        return str(said).strip()
    told = (state, said.diag.message_primary, said.diag.constraint_name)
    quotes = state.startswith(DATA_EXCEPTION)
    return " ".join(filter(None, told[:1] if quotes else told))


def not_migrated(service: str, error: Exception) -> NotMigrated | None:
    """What to say instead of an error that means this, with the command that mends it."""
    if not lacks_tables(error):
        return None
    said = reason(error).splitlines()[0]
    return NotMigrated(
        f"the database lacks what this version needs ({said}): "
        f"run `python -m services.{service} migrate`"
    )


def lacks_tables(error: Exception) -> bool:
    """Whether a table or column was missing: the database is older than the program, or empty."""
    said = getattr(error, "orig", None)
    if isinstance(said, sqlite3.Error):
        return MISSING_IN_SQLITE.match(str(said)) is not None
    return getattr(said, "sqlstate", None) in MISSING_IN_POSTGRESQL


def _ask_after_idling(engine: Engine) -> None:
    """Ask a connection whether it still stands, unless it was used just now: as `pool_pre_ping`
    does, without a round trip for each transaction."""
    dialect = engine.dialect

    def note(_connection: Any, record: Any) -> None:
        record.info["used_at"] = monotonic()

    def ask(connection: Any, record: Any, _lent: Any) -> None:
        if monotonic() - record.info.get("used_at", 0.0) < TRUSTED:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the pool opens others

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ask)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = (
        None  # the driver's own implicit BEGIN is deferred; see _begin_sqlite
    )
    connection.execute(f"PRAGMA busy_timeout = {SQLITE_WAIT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is erased is no longer in the file


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = options.get("writes", False)
    if writes:
        # Each says it for itself, so that none has to put it back after it has failed.
        synchronous = "FULL" if options["durable"] else "NORMAL"
        connection.exec_driver_sql(f"PRAGMA synchronous = {synchronous}")
    # A deferred transaction that reads and then writes fails at once when another one wrote in
    # between, without waiting; an immediate one takes its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _blame_statement(context: ExceptionContext) -> ProgrammingError | None:
    """SQLite's driver says OperationalError of a wrong statement too, not only of a file that is
    locked or gone; PostgreSQL's does not. Here neither does."""
    error, said = context.sqlalchemy_exception, context.original_exception
    code = getattr(said, "sqlite_errorcode", None)
    if isinstance(error, StatementError) and code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE):
        return ProgrammingError(error.statement, error.params, said, hide_parameters=True)
    return None
