"""Limits: how often one may do what costs others something. A limit has a purpose; what is counted
under it has a key: the network somebody comes from, or the address that is written to.

GUESSES = Limit("guessed codes", most=20, every=6)
if wait := limits.wait(GUESSES, network): …  # 429, Retry-After
limits.spend(GUESSES, network)  # it was a miss, and costs a try

Each key has `most` tries at once and gets one back every so many seconds. All that is kept of it is
the moment at which it has all of them again, so that a store shared by several processes needs one
number a key. `Limits` keeps them in this process: with several, one has as many times the tries.
"""

import ipaddress
import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

REMEMBERED = 10_000  # keys of each limit; the one that has been quiet longest is forgotten first


@dataclass(frozen=True)
class Limit:
    """`most` tries at once, then one more each `every` seconds; no two share a `purpose`."""

    purpose: str
    most: int
    every: float


class Limits:
    """The tries that are spent, by limit and key. Safe for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._restored: defaultdict[str, OrderedDict[str, float]] = defaultdict(OrderedDict)
        self._lock = threading.Lock()

    def wait(self, limit: Limit, key: str) -> float:
        """Seconds until there is a try; 0 when there is one now. It costs none."""
        with self._lock:
            return self._wait(limit, key)

    def spend(self, limit: Limit, key: str) -> None:
        """It costs a try, whether or not there is one."""
        with self._lock:
            self._spend(limit, key)

    def take(self, limit: Limit, key: str) -> bool:
        """Spend a try if there is one; whether there was."""
        with self._lock:
            if self._wait(limit, key) > 0:
                return False
            self._spend(limit, key)
            return True

    def _wait(self, limit: Limit, key: str) -> float:
        moment = self._clock()
        restored = self._restored[limit.purpose].get(key, moment)
        return max(0.0, restored - moment - (limit.most - 1) * limit.every)

    def _spend(self, limit: Limit, key: str) -> None:
        restored, moment = self._restored[limit.purpose], self._clock()
        restored[key] = max(moment, restored.get(key, moment)) + limit.every
        restored.move_to_end(key)
        if len(restored) > REMEMBERED:
            restored.popitem(last=False)


def network_of(request: Request) -> str:
    """Where the visitor connects from, as far as it is one customer's: of IPv6 a /64, which a
    household has whole."""
    address = request.client.host if request.client else ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, 64), strict=False))


FromNetwork = Annotated[str, Depends(network_of)]
