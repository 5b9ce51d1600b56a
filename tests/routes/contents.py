"""Whether a database was changed, and its way back."""

import sqlite3
from pathlib import Path

# When a sign-in or token was last used is noted whoever it lets in, and is no act.
_SEEN = {"organiser.last_seen_at", "api_token.used_at", "sign_in.seen_at"}
_OUR_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


class Contents:
    """All that an SQLite database holds: as it is now, and as it was when this was made."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._kept = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._tables = {
            name: ", ".join(
                f'"{column}"'
                for _, column, *_ in self._file.execute(f'PRAGMA table_info("{name}")')
                if f"{name}.{column}" not in _SEEN
            )
            for (name,) in self._file.execute(_OUR_TABLES)
        }
        self.keep()

    def keep(self) -> None:
        """As it is now is how it was."""
        self._file.backup(self._kept)
        self._version = self._written()

    def restore(self) -> None:
        self._kept.backup(self._file)
        self._version = self._written()

    def changed(self) -> list[str]:
        """The tables whose rows are not what they were."""
        written = self._written()
        if written == self._version:
            return []
        found = [
            name
            for name, columns in self._tables.items()
            if self._rows(self._file, name, columns) != self._rows(self._kept, name, columns)
        ]
        if not found:
            self._version = written
        return found

    def close(self) -> None:
        self._file.close()
        self._kept.close()

    def _written(self) -> int:
        """Another with each commit of anybody else."""
        [version] = self._file.execute("PRAGMA data_version").fetchone()
        return int(version)

    @staticmethod
    def _rows(database: sqlite3.Connection, table: str, columns: str) -> list[tuple[object, ...]]:
        return database.execute(f'SELECT {columns} FROM "{table}" ORDER BY {columns}').fetchall()  # noqa: S608  names from its own schema
