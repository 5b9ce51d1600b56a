"""What processes cost in processor time, which other load on the machine hardly changes."""

import os
from collections.abc import Iterable
from pathlib import Path

from deploy.local.program import Running

PROC = Path("/proc")  # Linux has it; elsewhere nothing is told
# Of /proc/PID/stat after the name: proc(5).
_GROUP, _USER, _SYSTEM = 2, 11, 12


def processor_seconds(processes: Iterable[Running]) -> float | None:
    """Of these so far, with their children that live; None where it cannot be read."""
    if not PROC.is_dir():
        return None
    groups = {run.pid for run in processes}
    ticks = 0
    for path in PROC.glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(fields[_GROUP]) in groups:
            ticks += int(fields[_USER]) + int(fields[_SYSTEM])
    return ticks / os.sysconf("SC_CLK_TCK")
