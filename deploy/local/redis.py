"""A private Redis: a port and a folder of its own, an append-only file, and no eviction."""

import shutil
import signal
import tempfile
import time
from pathlib import Path
from types import TracebackType

from deploy.local.ports import LOOPBACK, answers, free_ports
from deploy.local.program import MOMENT, Program, Running

PATIENCE = 10.0


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


class PrivateRedis:
    """A Redis that tests start, stop and kill; its port stays the same across restarts.

    with PrivateRedis() as redis:
        connect(redis.url)
    """

    def __init__(self, folder: Path | None = None, port: int | None = None) -> None:
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="emarge-redis-")
        self.folder = folder or Path(str(self._temporary and self._temporary.name))
        self.port = port or free_ports(1)[0]
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        self._running: Running | None = None

    @property
    def pid(self) -> int | None:
        return self._running.pid if self._running else None

    def start(self) -> None:
        """Start it and wait until it has loaded its data and answers."""
        log = self.folder / "redis.log"
        self._running = Running(redis_program(self.folder, self.port), log)
        deadline = time.monotonic() + PATIENCE
        while not answers(self.port):
            if self._running.exit_code is not None or time.monotonic() > deadline:
                raise RuntimeError(f"redis-server did not start:\n{log.read_text()[-2000:]}")
            time.sleep(MOMENT)

    def stop(self) -> None:
        """As an operator would: what is in the queues is on disk."""
        if self._running:
            self._running.stop()
            self._running = None

    def kill(self) -> None:
        """As a power cut would."""
        if self._running:
            self._running.kill()
            self._running = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Stop it from running, with its connections left open."""
        if self._running:
            self._running.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._running:
            self._running.signal(signal.SIGCONT)

    def __enter__(self) -> "PrivateRedis":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        if self._temporary:
            self._temporary.cleanup()
