"""Which port each process listens on: consecutive ones for a person, free ones for a test.

A port that is free now may be somebody else's a moment later. So free ones come from a block that
this process holds by a lock, below the ports that the system gives to outgoing connections: two
test runs, or two processes of one, never meet.
"""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import cache
from itertools import cycle
from pathlib import Path

LOOPBACK = "127.0.0.1"
BLOCK = 100
BLOCKS = range(20_000, 32_000, BLOCK)


class PortTaken(Exception):
    """We cannot have a port that we want."""


@dataclass(frozen=True)
class Ports:
    """`front` and `emails` are for people, the others for the processes among themselves."""

    front: int
    emails: int
    registration: int
    certificates: int
    notifications: int
    redis: int
    smtp: int
    registration_intake: int
    registration_worker: int
    notifications_intake: int
    notifications_worker: int
    certificates_intake: int
    certificates_worker: int

    @classmethod
    def from_first(cls, first: int) -> "Ports":
        """Consecutive ports from `first`; raises PortTaken, naming the port."""
        count = len(cls.__dataclass_fields__)
        ports = cls(*range(first, first + count))
        for port in astuple(ports):
            if not is_free(port):
                raise PortTaken(
                    f"port {port} is taken; give EMARGE_PORT a number "
                    f"from which {count} consecutive ports are free"
                )
        return ports

    @classmethod
    def any_free(cls) -> "Ports":
        """Consecutive ports that nobody listens on."""
        count = len(cls.__dataclass_fields__)
        for _ in range(BLOCK):
            ports = free_ports(count)
            if ports == list(range(ports[0], ports[0] + count)):
                return cls(*ports)
        raise PortTaken(f"no {count} of {BLOCK} ports in a row are free")


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
        port = next(block)
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise PortTaken(f"{count} of {BLOCK} ports were wanted, {len(found)} are free")


@cache
def _block() -> Iterator[int]:
    """The ports that are this process's own until it ends."""
    locks = Path(tempfile.gettempdir()) / f"emarge-ports-{os.getuid()}"
    locks.mkdir(exist_ok=True)
    for first in BLOCKS:
        if _lock(locks / str(first)):
            return cycle(range(first, first + BLOCK))
    raise PortTaken(f"every block of {BLOCK} ports is locked in {locks}")


def _lock(path: Path) -> bool:
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)  # open until the process ends
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return False
    return True


def answers(port: int) -> bool:
    """Somebody accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
