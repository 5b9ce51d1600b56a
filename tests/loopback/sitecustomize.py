"""Tests reach this machine and nothing else.

Python imports `sitecustomize` when it starts, so with this folder on PYTHONPATH the guard also
stands in every process of Emarge that a test starts. It cannot be taken away again, and sees what
Python's own sockets do: not a database driver's in C, nor a browser's.
"""

import ipaddress
import sys
from typing import Any

# Where each event has the address that it is about.
ADDRESS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}


class LeftTheMachine(RuntimeError):
    """No OSError: those are what our own code expects of a network, and goes on after."""


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if not event.startswith("socket.") or event not in ADDRESS:  # other events come after the end
        return
    address = arguments[ADDRESS[event]]
    # A path is a socket of this machine, and no address is one that was connected before.
    if isinstance(address, tuple):
        _check(event, address[0])
    elif event == "socket.getaddrinfo":
        _check(event, address)


def _check(event: str, host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name == "localhost" or name.endswith(".localhost"):
        return
    try:
        inside = ipaddress.ip_address(name).is_loopback or event == "socket.getaddrinfo"
    except ValueError:
        inside = False
    if not inside:
        raise LeftTheMachine(f"{event}: a test may not reach {name}")


sys.addaudithook(refuse)
