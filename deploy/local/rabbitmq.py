"""A private RabbitMQ: a folder, a node name and ports of its own."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from deploy.local.ports import LOOPBACK, answers, free_ports
from deploy.local.private_server import PrivateServer
from deploy.local.program import MOMENT, Program

PATIENCE = 120.0
SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class RabbitMissing(Exception):
    """There is no rabbitmq-server on this machine."""


class PrivateRabbit(PrivateServer):
    """A broker of one's own.

    The wrapper that Debian puts on the PATH wants the account `rabbitmq`; the server itself runs
    as anyone.
    """

    patience = PATIENCE

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self._distribution, self._mapper = free_ports(3)
        self.url = f"amqp://guest:guest@{LOOPBACK}:{self.port}//"
        super().__init__(self.folder / "rabbitmq.log")

    @property
    def is_up(self) -> bool:
        return answers(self.port)

    def kill(self) -> None:
        super().kill()
        while self.is_up:  # the server is a grandchild, which takes a moment to go
            time.sleep(MOMENT)

    def restart(self) -> None:
        """Kill it and start it again on the same data."""
        self.kill()
        self.start()

    def _tidy(self) -> None:
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
