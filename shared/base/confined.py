"""Reading what may be hostile: a child process with little memory and time does so, once.

What a file of some bytes unpacks to, what that costs and what it asks for, is its author's choice.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.base.errors import EmargeError

_PROJECT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "LANG", "LC_ALL")  # of our environment: the child gets no settings
_REFUSED_EVENTS = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.kill",
    "ftplib.",
    "smtplib.",
    "http.client.",
    "urllib.Request",
    "webbrowser.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
_PATIENCE = 3  # times its processor's seconds, on a machine that has others to serve


class Stopped(EmargeError):
    """The child ended before it had answered."""


def confine(memory: int, seconds: int) -> None:
    """This process, for the rest of its life: bytes of addresses, seconds of the processor, no
    network, no program, no file but what libraries read."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":  # macOS refuses this limit; there, the clocks are the fence
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.addaudithook(fence(None))


def fence(writable: Path | None) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook that raises PermissionError: files are written below `writable` alone."""
    below = () if writable is None else (str(writable) + os.sep,)
    code = (sys.prefix + os.sep, sys.base_prefix + os.sep, str(_PROJECT) + os.sep)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED_EVENTS):
            raise PermissionError(f"a confined process may not use {event}")
        if event != "open" or not isinstance(arguments[0], str | bytes):
            return
        path = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100 # cheap, and in a hook
        if arguments[2] & _WRITING:
            permitted = path.startswith(below)
        else:
            permitted = path.startswith((*below, *code)) or _tells_nothing(path)
        if not permitted:
            raise PermissionError(f"a confined process may not open {path}")

    return hook


def _tells_nothing(path: str) -> bool:
    """Files that libraries read: fonts, time zones, MIME types."""
    return path.startswith(
        ("/usr/share/", "/usr/lib/", "/usr/local/", "/lib/", "/opt/homebrew/")
    ) or (path in ("/dev/null", "/dev/urandom", "/etc/mime.types", "/etc/localtime"))


def answer_of(module: str, content: bytes, seconds: int) -> bytes:
    """What a module that confines itself writes when it is given the content. Raises Stopped."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        child = subprocess.run(  # noqa: S603  a module of ours, by this very Python
            [sys.executable, "-m", module],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback would show what somebody wrote
            env=environment | {"PYTHONPATH": str(_PROJECT)},
            timeout=_PATIENCE * seconds,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise Stopped(module) from None
    return child.stdout
