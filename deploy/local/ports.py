"""Which port each process listens on: consecutive ones for a person, free ones for a test.

A port that is free now may be somebody else's a moment later. So free ones come from a block that
this process holds by having its first port, below the ports that the system gives to outgoing
connections: two test runs, or two processes of one, never meet.
"""

import atexit
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle

from deploy.services import PROCESSES, found

LOOPBACK = "127.0.0.1"
BASE = 4  # ports of what the services stand on
BLOCK = 100
BLOCKS = range(20_000, 32_000, BLOCK)


class PortTaken(Exception):
    """We cannot have a port that we want."""


@dataclass(frozen=True)
class Ports:
    """Consecutive ones: of what the services stand on, then of each service's processes.

    `front` and `emails` are for people, the others for the processes among themselves.
    """

    first: int
    services: tuple[str, ...]

    @property
    def front(self) -> int:
        return self.first

    @property
    def emails(self) -> int:
        return self.first + 1

    @property
    def redis(self) -> int:
        return self.first + 2

    @property
    def smtp(self) -> int:
        return self.first + 3

    def web(self, service: str) -> int:
        return self.metrics(service, "web")

    def metrics(self, service: str, process: str) -> int:
        """Where a process says how it is; a web process says it where it answers."""
        before = self.services.index(service) * len(PROCESSES)
        return self.first + BASE + before + PROCESSES.index(process)

    @classmethod
    def from_first(cls, first: int) -> "Ports":
        """Raises PortTaken, naming the port."""
        ports = cls(first, _names())
        for port in ports.all:
            if not is_free(port):
                raise PortTaken(
                    f"port {port} is taken; give EMARGE_PORT a number "
                    f"from which {len(ports.all)} consecutive ports are free"
                )
        return ports

    @classmethod
    def any_free(cls) -> "Ports":
        """Ports that nobody listens on."""
        count = len(cls(0, _names()).all)
        for _ in range(BLOCK):
            ports = free_ports(count)
            if ports == list(range(ports[0], ports[0] + count)):
                return cls(ports[0], _names())
        raise PortTaken(f"no {count} of {BLOCK} ports in a row are free")

    @property
    def all(self) -> range:
        return range(self.first, self.first + BASE + len(PROCESSES) * len(self.services))


def _names() -> tuple[str, ...]:
    return tuple(service.name for service in found())


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Distinct ports that nobody listens on; the one that was given last comes last again."""
    block = _block()
    found: list[int] = []
    for _ in range(BLOCK):
        if len(found) == count:
            return found
        port = next(block)
        if is_free(port):
            found.append(port)
    raise PortTaken(f"{count} of {BLOCK} ports were wanted, {len(found)} are free")


@cache
def _block() -> Iterator[int]:
    """The ports that are this process's own until it ends."""
    for first in BLOCKS:
        if _held(first):
            return cycle(range(first + 1, first + BLOCK))
    raise PortTaken(f"every block of {BLOCK} ports from {BLOCKS[0]} to {BLOCKS[-1]} is taken")


def _held(port: int) -> bool:
    """Whether the port is ours from now on; nobody is listened to on it."""
    holder = socket.socket()
    try:
        holder.bind((LOOPBACK, port))
    except OSError:
        holder.close()
        return False
    atexit.register(holder.close)  # open until the process ends
    return True


def answers(port: int) -> bool:
    """Somebody accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
