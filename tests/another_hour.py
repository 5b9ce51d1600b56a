"""The tests at another hour: what passes in the morning must pass at night.

Only in this process: what a test starts, a browser or a server, keeps the system's time.
"""

import time

_real = time.time


def be_later(hours: float) -> None:
    """From now on `time.time`, of which `shared.base.clock` asks, says so many hours more."""
    time.time = lambda: _real() + hours * 3600
