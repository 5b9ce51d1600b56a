"""Reading what may be hostile: a child process with little memory and time does so, once.

What a file of some bytes unpacks to, and what that costs, is its author's choice.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

from shared.base.errors import EmargeError

_PROJECT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "LANG", "LC_ALL")  # of our environment: the child gets no settings
_PATIENCE = 3  # times its processor's seconds, on a machine that has others to serve


class Stopped(EmargeError):
    """The child ended before it had answered."""


def confine(memory: int, seconds: int) -> None:
    """This process, for the rest of its life: bytes of addresses, seconds of the processor."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":  # macOS refuses this limit; there, the clocks are the fence
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


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
