"""How often one visitor may do what costs others something."""

import time
from collections import deque
from threading import Lock


class Rate:
    """At most `most` times in any `seconds`, for each key; kept by this process alone."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._times: dict[str, deque[float]] = {}
        self._lock = Lock()

    def allows(self, key: str) -> bool:
        """Whether it may happen once more now; if so, it is counted."""
        now = time.monotonic()
        with self._lock:
            self._forget(now - self._seconds)
            times = self._times.setdefault(key, deque())
            if len(times) >= self._most:
                return False
            times.append(now)
            return True

    def _forget(self, before: float) -> None:
        for key, times in list(self._times.items()):
            while times and times[0] < before:
                times.popleft()
            if not times:
                del self._times[key]
