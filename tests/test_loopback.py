"""The guard that keeps tests on this machine bites: here, and in the processes they start."""

import re
import socket
import subprocess
import sys
from contextlib import AbstractContextManager

import pytest

ELSEWHERE = "192.0.2.1"  # TEST-NET-1: nobody has it


def refused(host: str) -> AbstractContextManager[object]:
    # By its words, not its class: a worker of pytest-xdist has two guards, its own and conftest's.
    return pytest.raises(RuntimeError, match=f"may not reach {re.escape(host)}")


@pytest.mark.parametrize("address", [(ELSEWHERE, 9), ("2001:db8::1", 9)])
def test_nothing_connects_to_elsewhere(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as door, refused(address[0]):
        door.connect_ex(address)


def test_nothing_is_sent_elsewhere() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door, refused(ELSEWHERE):
        door.sendto(b"?", (ELSEWHERE, 9))


def test_nobody_is_asked_for_a_name() -> None:
    with refused("example.org"):
        socket.getaddrinfo("example.org", 443)


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_processes_that_a_test_starts_are_kept_in_too() -> None:
    code = f"import socket; socket.create_connection(('{ELSEWHERE}', 9), timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "LeftTheMachine" in done.stderr
