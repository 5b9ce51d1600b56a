"""What the press's child may do: nothing but compute, read fonts, and copy the template's own.

Three fences: the kernel's limits on memory and processor time, an audit hook that refuses network,
programs and files from inside Python, and the parent's clock. The template itself runs in Jinja2's
sandbox and fetches through a fetcher that knows only its assets.
"""

import os
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.certificates.engine.limits import Limits

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
_OUTPUT_BYTES = 64 * 1024 * 1024


def confine(limits: Limits) -> None:
    """For the rest of this process's life; it cannot be undone."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, _OUTPUT_BYTES)
    if sys.platform == "linux":
        # macOS refuses this limit; there, the parent's clock is the fence.
        _limit(resource.RLIMIT_AS, limits.memory_mib * 1024 * 1024)
    temporary = Path(tempfile.mkdtemp(prefix="emarge-press-")).resolve()
    tempfile.tempdir = str(temporary)
    sys.addaudithook(_fence(temporary))


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (ceiling, ceiling))


def _fence(temporary: Path) -> Callable[[str, tuple[Any, ...]], None]:
    allowed = (str(temporary) + os.sep, sys.prefix + os.sep, sys.base_prefix + os.sep)
    project = str(Path(__file__).resolve().parents[4]) + os.sep

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED_EVENTS):
            raise PermissionError(f"templates may not use {event}")
        if event != "open" or not isinstance(arguments[0], str | bytes):
            return
        path = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100 # cheap, and in a hook
        writes = bool(arguments[2] & _WRITING)
        if writes:
            permitted = path.startswith(allowed[0])
        else:
            permitted = path.startswith((*allowed, project)) or _public(path)
        if not permitted:
            raise PermissionError(f"templates may not open {path}")

    return hook


def _public(path: str) -> bool:
    """Files that libraries read and that tell nothing: fonts, time zones, MIME types."""
    return path.startswith(
        ("/usr/share/", "/usr/lib/", "/usr/local/", "/lib/", "/opt/homebrew/")
    ) or (path in ("/dev/null", "/dev/urandom", "/etc/mime.types", "/etc/localtime"))
