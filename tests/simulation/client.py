"""A process's `Database` on a store: every statement and commit is a point, the write lock is the
scheduler's, and each may fail, or be done and not answered."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import event

from shared.base.database import Database
from tests.simulation.store import Connection, Store
from tests.simulation.world import World

GONE = "server closed the connection unexpectedly"


class Client:
    """It lives through the incarnations of its process; its connections do not.

    `like_server`: as PostgreSQL, whose crash forgets what was not waited for, and whose reads are
    each statement for itself.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._world: World | None = None
        self.nets: list[str] = []
        self.database = Database.open(f"sqlite:///{store.path}")
        engine = self.engine = self.database.engine
        event.listen(engine, "do_connect", self._connect)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "do_execute", self._execute)
        event.listen(engine, "do_execute_no_params", self._execute_plain)
        event.listen(engine, "do_executemany", self._execute_many)
        engine.dialect.do_commit = self._commit  # type: ignore[method-assign,assignment]  # where a commit may fail
        engine.dialect.do_rollback = self._rollback  # type: ignore[method-assign,assignment]  # and its lock is given back
        store.opened_by(self.engine.dispose)

    def begin(self, world: World, *, like_server: bool) -> None:
        """A run of that world."""
        self._world = world
        self.nets.clear()
        self.database.has_server = like_server

    def _connect(self, *_: Any) -> Connection:
        connection = sqlite3.connect(
            self._store.path, factory=Connection, isolation_level=None, timeout=0.0
        )
        connection.store, connection.generation = self._store, self._store.generation
        return connection

    def _execute(self, cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
        connection = cursor.connection
        if self._before(connection, statement):
            apart = self._stands_apart(connection, statement)
            self._noting_nets(cursor.execute, statement, parameters)
            if apart and self._world is not None:
                connection.durable = True
                self._committed(self._world, connection)
        return True

    def _stands_apart(self, connection: Connection, statement: str) -> bool:
        """A write that is a transaction of its own, as a server has it; it has the lock then."""
        world = self._world
        writes = statement.startswith(("UPDATE", "INSERT", "DELETE"))
        if not writes or connection.in_transaction or world is None or world.actor() is None:
            return False
        self._take_lock(world, connection)
        return True

    def _execute_plain(self, cursor: Any, statement: str, context: Any) -> bool:
        return self._execute(cursor, statement, (), context)

    def _execute_many(self, cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
        if self._before(cursor.connection, statement):
            self._noting_nets(cursor.executemany, statement, parameters)
        return True

    def _before(self, connection: Connection, statement: str) -> bool:
        """Whether it is to be executed."""
        if statement.startswith("PRAGMA synchronous"):
            connection.durable = statement.endswith("FULL")
            return False  # what a crash forgets is the store's to say
        if statement.startswith("SET LOCAL synchronous_commit"):
            connection.durable = statement.endswith("on")
            return False
        world = self._world
        if world is None or world.actor() is None:
            return True
        if statement == "BEGIN":
            return not self.database.has_server
        if statement == "BEGIN IMMEDIATE":
            self._take_lock(world, connection)
            return True
        said = _short(statement)
        world.point(f"{self._store.name} {said}")
        self._check(connection)
        if world.fault("statement fails", f"loses its connection at {said}"):
            raise sqlite3.OperationalError(GONE)
        return True

    def _take_lock(self, world: World, connection: Connection) -> None:
        world.point(f"{self._store.name} BEGIN")
        self._check(connection)
        world.wait(lambda: self._store.writer is None)
        self._check(connection)
        self._store.writer, self._store.writer_actor = connection, world.me
        if world.me is not None:
            world.me.writing = True

    def _check(self, connection: Connection) -> None:
        if connection.generation != self._store.generation:
            raise sqlite3.OperationalError(GONE)

    def _noting_nets(self, execute: Callable[..., Any], statement: str, parameters: Any) -> None:
        """A constraint that has to refuse is the last net: above it, a mechanism has failed."""
        try:
            execute(statement, parameters)
        except sqlite3.IntegrityError as error:
            self.nets.append(f"{error} at {_short(statement)}")
            raise

    def _commit(self, lent: Any) -> None:
        connection: Connection = getattr(lent, "dbapi_connection", lent)
        if not connection.in_transaction:
            return
        world, store = self._world, self._store
        if store.writer is not connection or world is None:
            connection.commit()
            return
        world.point(f"{store.name} COMMIT")
        if connection.generation != store.generation:
            connection.rollback()  # with its server
            raise sqlite3.OperationalError(GONE)
        if world.fault("commit fails", "loses its connection before a commit"):
            connection.rollback()
            store.release()
            raise sqlite3.OperationalError(GONE)
        connection.commit()
        self._committed(world, connection)

    def _committed(self, world: World, connection: Connection) -> None:
        """What may happen between a commit and its answer."""
        store = self._store
        store.committed(durable=connection.durable)
        store.release()
        world.note(f"{store.name} committed{'' if connection.durable else ', not waited for'}")
        store.on_commit()
        if not connection.durable and world.fault("forgets this"):
            store.doomed = 1 + world.pick(4)
        if world.fault("answer of commit lost", "commits, and has no answer"):
            raise sqlite3.OperationalError(GONE)
        if world.fault("crash after commit", "is killed just after a commit"):
            world.kill()
        world.give_way()

    def _rollback(self, lent: Any) -> None:
        connection: Connection = getattr(lent, "dbapi_connection", lent)
        with suppress(sqlite3.Error):  # it may be closed, with its database
            connection.rollback()
        if self._store.writer is connection:
            self._store.release()


def _prepare(connection: Connection, _record: Any) -> None:
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA synchronous = OFF")  # this machine does not crash
    connection.execute("PRAGMA busy_timeout = 0")  # nobody waits but for the scheduler


def _short(statement: str) -> str:
    words = statement.split()
    if not words:
        return ""
    verb = words[0]
    if verb == "UPDATE":
        return f"UPDATE {words[1]}"
    if verb in ("INSERT", "DELETE"):
        return f"{verb} {words[words.index('INTO' if verb == 'INSERT' else 'FROM') + 1]}"
    if "FROM" in words:
        return f"{verb} {words[words.index('FROM') + 1]}"
    return verb
