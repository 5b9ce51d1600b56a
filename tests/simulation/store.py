"""A service's database file, whoever has it open; a crash of its machine forgets what nobody waited
for.

In WAL mode without checkpoints a database at a commit is its write-ahead log up to that commit's
length: a crash is a copy of the file with a shorter log.
"""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from tests.simulation.world import Actor, World

_SUFFIXES = ("", "-wal", "-shm")
_numbers = count(1)


class Connection(sqlite3.Connection):
    """A process's connection: of which life of the database, and what its transaction waits for."""

    generation = 0
    durable = True
    store: "Store"

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or Cursor)


class Cursor(sqlite3.Cursor):
    """What is said past SQLAlchemy: the log emptied after an erasure."""

    def execute(self, statement: str, *parameters: Any) -> Any:
        connection = self.connection
        found = super().execute(statement, *parameters)
        if "wal_checkpoint" in statement and isinstance(connection, Connection):
            busy = found.fetchone()[0]
            if not busy:
                connection.store.checkpointed()
            return super().execute("SELECT ?, 0, 0", (busy,))
        return found


class Store:
    def __init__(self, name: str, template: Path, folder: Path) -> None:
        self.name = name
        self._template, self._folder = template, folder
        self.path = template
        self.generation = 0
        self.writer: Connection | None = None
        self.writer_actor: Actor | None = None
        self.on_commit: Callable[[], None] = lambda: None
        self.on_crash: Callable[[], None] = lambda: None
        self.doomed = 0  # steps until a crash that is on its way
        self._dispose: list[Callable[[], None]] = []
        self._commits: list[tuple[int, bool]] = []
        self._looker: sqlite3.Connection | None = None

    def opened_by(self, dispose: Callable[[], None]) -> None:
        self._dispose.append(dispose)

    def reset(self) -> None:
        """As it was after its migrations."""
        self.close()
        self._begin_life(self._template, 0, [(0, True)])
        self.doomed = 0

    def query(self, sql: str, *values: Any) -> list[Any]:
        """Looked at from outside: what is committed."""
        assert self._looker is not None
        return self._looker.execute(sql, values).fetchall()

    def died(self, actor: Actor) -> None:
        """The system takes a dead process's locks."""
        if self.writer is not None and self.writer_actor is actor:
            with suppress(sqlite3.Error):  # it may be closed, with its database
                self.writer.rollback()
            self.release()

    def release(self) -> None:
        self.writer = None
        if self.writer_actor is not None:
            self.writer_actor.writing = False
            self.writer_actor = None

    def committed(self, *, durable: bool) -> None:
        log = Path(f"{self.path}-wal")
        self._commits.append((log.stat().st_size if log.exists() else 0, durable))

    def checkpointed(self) -> None:
        """All of it is in the file, and waited for."""
        self._commits = [(0, True)]

    def crash(self, world: World) -> None:
        """The machine loses its power: the last commits that nobody waited for may be gone."""
        durable = max(i for i, (_, waited) in enumerate(self._commits) if waited)
        forgotten = world.pick(len(self._commits) - durable)
        commits = self._commits[: len(self._commits) - forgotten]
        lost = f", and forgets its last {forgotten} commits" if forgotten else ""
        world.tell(f"the database {self.name} crashes{lost}", "fault")
        path, looker = self.path, self._looker
        self._begin_life(path, commits[-1][0], commits)
        for dispose in self._dispose:
            dispose()  # what is in use fails at its next statement
        if looker is not None:
            looker.close()  # only now: the last to close would empty the log
        _remove(path)
        self.on_crash()

    def close(self) -> None:
        for dispose in self._dispose:
            dispose()
        if self._looker is not None:
            self._looker.close()
            self._looker = None
            _remove(self.path)

    def _begin_life(self, source: Path, log: int, commits: Sequence[tuple[int, bool]]) -> None:
        self.path = self._folder / f"{self.name}-{next(_numbers)}.db"
        shutil.copy(source, self.path)
        if log:
            with (
                Path(f"{source}-wal").open("rb") as old,
                Path(f"{self.path}-wal").open("wb") as new,
            ):
                new.write(old.read(log))
        self.generation += 1
        self.release()
        self._commits = list(commits)
        self._looker = sqlite3.connect(self.path, isolation_level=None)
        self._looker.execute("PRAGMA wal_autocheckpoint = 0")
        self._looker.execute("PRAGMA journal_mode = WAL")


def _remove(path: Path) -> None:
    for suffix in _SUFFIXES:
        Path(f"{path}{suffix}").unlink(missing_ok=True)
