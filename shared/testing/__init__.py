"""For tests of services: doubles that implement the real interfaces, and waiting by condition."""

from shared.testing.doubles import MemoryQueue, drain
from shared.testing.waiting import eventually

__all__ = ["MemoryQueue", "drain", "eventually"]
