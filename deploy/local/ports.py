"""Which port each process listens on: consecutive ones for a person, free ones for a test."""

import socket
from dataclasses import astuple, dataclass
from random import Random

LOOPBACK = "127.0.0.1"


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
        """Consecutive ports that nobody listens on, from below those of outgoing connections."""
        while True:
            try:
                return cls.from_first(Random().randrange(20_000, 32_000))  # noqa: S311  no secret
            except PortTaken:
                continue


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Distinct ports that nobody listens on now, all held until the last one is found."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def answers(port: int) -> bool:
    """Somebody accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
