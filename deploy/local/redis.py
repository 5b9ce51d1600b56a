"""A private Redis: a port and a folder of its own, an append-only file, and no eviction."""

import shutil
import signal
import tempfile
from pathlib import Path

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.private_server import PrivateServer
from deploy.local.program import Program


class RedisMissing(Exception):
    """There is no redis-server on this machine: `make install` installs one."""


def redis_program(folder: Path, port: int) -> Program:
    """A redis-server that keeps its data in `folder`."""
    server = shutil.which("redis-server")
    if server is None:
        raise RedisMissing("redis-server is not installed: run `make install`")
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "bind": LOOPBACK,
        "port": str(port),
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        # Queues are no cache: Redis must refuse a write rather than forget a job.
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Program("redis", [server, *arguments], patience=5)


class PrivateRedis(PrivateServer):
    """A Redis of one's own.

    with PrivateRedis() as redis:
        connect(redis.url)
    """

    patience = 10.0

    def __init__(self, folder: Path | None = None, port: int | None = None) -> None:
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="emarge-redis-")
        self.folder = folder or Path(str(self._temporary and self._temporary.name))
        self.port = port or free_ports(1)[0]
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        super().__init__(self.folder / "redis.log")

    def freeze(self) -> None:
        """Stop it from running, with its connections left open."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def _program(self) -> Program:
        return redis_program(self.folder, self.port)

    def _tidy(self) -> None:
        if self._temporary:
            self._temporary.cleanup()
