"""What the press's child may do: nothing but compute, read fonts, and copy the template's own.

Three fences: the kernel's limits on memory and processor time, an audit hook that refuses network,
programs and files from inside Python, and the parent's clock. The template itself runs in Jinja2's
sandbox and fetches through a fetcher that knows only its assets.
"""

import resource
import sys
import tempfile
from pathlib import Path

from services.certificates.engine.limits import Limits
from shared.base.confined import fence

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
    sys.addaudithook(fence(temporary))


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (ceiling, ceiling))
