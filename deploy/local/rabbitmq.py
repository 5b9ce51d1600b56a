"""A private RabbitMQ: a folder, a node name and ports of its own."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType

from deploy.local.ports import LOOPBACK, answers, free_ports
from deploy.local.program import MOMENT, Program, Running

PATIENCE = 120.0
SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class RabbitMissing(Exception):
    """There is no rabbitmq-server on this machine."""


class PrivateRabbit:
    """A broker that tests start, stop and kill; its port stays the same across restarts.

    The wrapper that Debian puts on the PATH wants the account `rabbitmq`; the server itself runs
    as anyone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self._distribution, self._mapper = free_ports(3)
        self.url = f"amqp://guest:guest@{LOOPBACK}:{self.port}//"
        self._running: Running | None = None

    @property
    def pid(self) -> int | None:
        return self._running.pid if self._running else None

    @property
    def is_up(self) -> bool:
        return answers(self.port)

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._running = Running(self._program(), self.folder / "rabbitmq.log")
        deadline = time.monotonic() + PATIENCE
        while not answers(self.port):
            if self._running.exit_code is not None or time.monotonic() > deadline:
                log = (self.folder / "rabbitmq.log").read_text()[-2000:]
                raise RuntimeError(f"rabbitmq-server did not start:\n{log}")
            time.sleep(MOMENT)

    def kill(self) -> None:
        """As a power cut would."""
        if self._running:
            self._running.kill()
            self._running = None
            while answers(self.port):  # the server is a grandchild, which takes a moment to go
                time.sleep(MOMENT)

    def restart(self) -> None:
        """Kill it and start it again on the same data."""
        self.kill()
        self.start()

    def __enter__(self) -> "PrivateRabbit":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        # Erlang's port mapper, which every node starts for itself, would stay.
        mapper = ["epmd", "-port", str(self._mapper), "-kill"]
        subprocess.run(mapper, check=False, capture_output=True)  # noqa: S603  Erlang's own program

    def _program(self) -> Program:
        server = str(SERVER) if SERVER.exists() else shutil.which("rabbitmq-server")
        if server is None:
            raise RabbitMissing("rabbitmq-server is not installed")
        self.folder.mkdir(parents=True, exist_ok=True)
        plugins = self.folder / "enabled_plugins"
        plugins.write_text("[].\n")
        environment = {
            "HOME": str(self.folder),  # where Erlang keeps the node's cookie
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(self._mapper),
            "RABBITMQ_NODENAME": f"emarge-{os.getpid()}-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
        }
        return Program("rabbitmq", [server], environment, self.folder, patience=PATIENCE)
