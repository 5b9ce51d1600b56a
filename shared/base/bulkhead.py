"""A bulkhead: heavy work of a process goes through one at a time, so that it cannot sink the rest.

A few wait for their turn; whoever comes then is refused at once, instead of holding a thread.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shared.base.errors import EmargeError


class Busy(EmargeError):
    """Others are at it: a moment."""


class Bulkhead:
    """`waiting` may wait, `patience` seconds each. Safe for several threads."""

    def __init__(self, waiting: int = 1, patience: float = 45.0) -> None:
        self._room = threading.BoundedSemaphore(waiting + 1)
        self._one = threading.Lock()
        self._patience = patience
        self.waiting = 0

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Alone, until the end of the block. Raises Busy."""
        if not self._room.acquire(blocking=False):
            raise Busy("others wait already")
        try:
            self._wait()
            try:
                yield
            finally:
                self._one.release()
        finally:
            self._room.release()

    def _wait(self) -> None:
        self.waiting += 1
        try:
            if not self._one.acquire(timeout=self._patience):
                raise Busy("the other takes too long")
        finally:
            self.waiting -= 1
