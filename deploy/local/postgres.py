"""A private PostgreSQL cluster: a folder, a port and a superuser of its own.

PostgreSQL refuses to run as root, so when we are root it runs as `postgres` or `nobody`; the
folder must then be one that this account can reach.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.private_server import PrivateServer
from deploy.local.program import Program

PATIENCE = 30.0
FOLDERS = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr/pgsql")
SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "200",
    "jit": "off",
    "autovacuum_naptime": "10s",
    "max_wal_size": "512MB",
    "log_min_messages": "warning",
}
# A crash of the machine would lose data that nobody wants to keep; a crash of PostgreSQL would not.
WITHOUT_SYNC = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresMissing(Exception):
    """There is no PostgreSQL server on this machine: `make install-test` installs one."""


class PrivatePostgres(PrivateServer):
    """A cluster of one's own. `durable=False` skips fsync, for tests that are not about speed."""

    patience = PATIENCE

    def __init__(self, folder: Path | None = None, *, durable: bool = False) -> None:
        self._temporary = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="emarge-postgres-"))
        self.port = free_ports(1)[0]
        self._settings = SETTINGS if durable else {**SETTINGS, **WITHOUT_SYNC}
        self._account = _account()
        super().__init__(self.folder / "postgres.log")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://emarge@{LOOPBACK}:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """A new database, its URL; `template` may have no connections open."""
        with self._connect() as connection:
            # Written by way of the log, as is usual since 15, a small database takes twice as long.
            by_file = sql.SQL(
                "STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
            )
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(
                    sql.Identifier(name), sql.Identifier(template), by_file
                )
            )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop it, whoever is still connected."""
        with self._connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def crash(self) -> None:
        """An immediate shutdown: the next start recovers from the write-ahead log."""
        if self._running:
            self._running.signal(signal.SIGQUIT)
            self._running.await_end(time.monotonic() + PATIENCE)
            self._running = None

    def restart(self, *, immediate: bool = False) -> None:
        if immediate:
            self.crash()
        super().restart()

    def __exit__(self, *raised: object) -> None:
        self.crash()  # killed, it would leave its shared memory
        super().__exit__(*raised)

    def _tidy(self) -> None:
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _program(self) -> Program:
        data = self.folder / "data"
        if not (data / "PG_VERSION").exists():
            self._initialise(data)
        settings = {**self._settings, "port": str(self.port), "unix_socket_directories": ""}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        user, group = self._account or (None, None)
        return Program(
            "postgres",
            [binary("postgres"), "-D", str(data), "-h", LOOPBACK, *arguments],
            folder=self.folder,
            stop_signal=signal.SIGINT,  # a fast shutdown: sessions are closed, all is written
            patience=PATIENCE,
            user=user,
            group=group,
        )

    def _is_up(self) -> bool:
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def _initialise(self, data: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        user, group = self._account or (None, None)
        if user is not None and group is not None:
            os.chown(self.folder, user, group)
        done = subprocess.run(  # noqa: S603  PostgreSQL's own program
            [
                binary("initdb"),
                *("-D", str(data), "-U", "emarge", "--auth=trust", "--no-sync"),
                *("--encoding=UTF8", "--locale=C"),
            ],
            cwd=self.folder,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=LOOPBACK, port=self.port, user="emarge", dbname="postgres", autocommit=True
        )


def _account() -> tuple[int, int] | None:
    """(user, group) to run as when we are root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise PostgresMissing("PostgreSQL does not run as root, and there is no account 'nobody'")


def binary(name: str) -> str:
    """PostgreSQL's program of that name; Debian keeps servers off the PATH. The newest wins."""
    found = [path for folder in FOLDERS for path in Path(folder).glob(f"*/bin/{name}")]
    if found:
        return str(max(found, key=lambda path: [int(n) for n in _digits(str(path))]))
    on_path = shutil.which(name)
    if on_path is None:
        raise PostgresMissing(f"PostgreSQL's {name} is not installed: run `make install-test`")
    return on_path


def _digits(text: str) -> list[str]:
    return "".join(letter if letter.isdigit() else " " for letter in text).split()
