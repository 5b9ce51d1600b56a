"""Where the code asks the machine: for the time, for chance, for a connection. Here the world of
the run answers instead. `shared.base.clock` and these few are all there are."""

import logging
import os
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import structlog
import uuid_utils.compat

import shared.base.clock
from tests.simulation.world import World

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_EPOCH = START.timestamp()
SILENT = logging.CRITICAL  # nobody says anything so bad

Dial = Callable[..., Any]


class VirtualTime:
    """What `shared.base.clock` asks, as the module `time`; a process may have a clock that is
    wrong, and none goes backwards by it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def time(self) -> float:
        me = self._world.me
        return round(_EPOCH + self._world.now + (me.skew if me else 0.0), 6)

    def monotonic(self) -> float:
        return self._world.now

    perf_counter = monotonic

    def sleep(self, seconds: float) -> None:
        self._world.sleep(seconds)


@contextmanager
def virtual(world: World, dial: Dial) -> Iterator[None]:
    """`dial` stands for `socket.create_connection`."""
    entropy = random.Random(f"identifiers of {world.choices.seed}")
    time = VirtualTime(world)
    made = 0

    def uuid7(*_: Any) -> UUID:
        nonlocal made
        made += 1
        return UUID(int=(int(time.time() * 1000) << 80) | (7 << 76) | (0b10 << 62) | made)

    silent = structlog.make_filtering_bound_logger(SILENT)
    configured = structlog.get_config()
    state = random.getstate()
    random.seed(world.choices.seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared.base.clock, "time", time)
        patch.setattr(os, "urandom", entropy.randbytes)
        patch.setattr(random, "_urandom", entropy.randbytes)
        patch.setattr(uuid_utils.compat, "uuid7", uuid7)
        patch.setattr(socket, "create_connection", dial)
        structlog.configure(wrapper_class=silent)
        try:
            yield
        finally:
            structlog.configure(**configured)
            random.setstate(state)
