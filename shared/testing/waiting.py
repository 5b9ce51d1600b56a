"""Waiting by condition, never by the clock alone."""

from collections.abc import Callable
from typing import TypeVar

from shared.base.clock import monotonic, sleep

T = TypeVar("T")


def eventually(condition: Callable[[], T], timeout: float = 10.0, every: float = 0.02) -> T:
    """The first true answer of `condition`; AssertionError when none comes in `timeout` seconds."""
    deadline = monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if monotonic() > deadline:
            raise AssertionError(f"still {answer!r} after {timeout} s")
        sleep(every)
