"""Where tests write: in memory where there is plenty of it, since nothing here outlives its run.

A thousand fresh databases cost the disk more than the tests do. What a kill -9 may lose is the
same on both; what a machine's crash may lose is asked of PostgreSQL's own immediate shutdown.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  # pytest and the clusters make folders of their own in it
ROOM = 4 * 2**30  # bytes; a run of two processes has used 1.5 GB at most


def use_memory() -> None:
    """For this process and those it starts; one who has set TMPDIR has chosen."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    if min(shutil.disk_usage(MEMORY).free, _available()) >= ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked anew


def _available() -> int:
    """Memory that can be had without swapping, in bytes."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        name, _, kilobytes = line.partition(":")
        if name == "MemAvailable":
            return int(kilobytes.split()[0]) * 1024
    return 0
