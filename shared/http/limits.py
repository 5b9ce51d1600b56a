"""Limits: how often one may do what costs others something. A limit has a purpose; what is counted
under it has a key: the network somebody comes from, or the address that is written to.

GUESSES = Limit("guessed codes", most=20, every=6)
limits.check(GUESSES, network)  # or TooManyTries, which is answered: 429, Retry-After
limits.spend(GUESSES, network)  # it was a miss, and costs a try
limits.claim(GUESSES, network)  # both in one, where every try costs

Each key has `most` tries at once and gets one back every so many seconds. All that is kept of it is
the moment at which it has all of them again, so that a store shared by several processes needs one
number a key. `Limits` keeps them in this process; `SharedLimits` in Redis, for all, and in this one
while Redis is away.
"""

import hashlib
import ipaddress
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import redis
import structlog
from fastapi import Depends, Request

from shared.base.clock import monotonic
from shared.base.redis_url import connect

REMEMBERED = 10_000  # keys of each limit; the one that has been quiet longest is forgotten first

PATIENCE = 0.25  # seconds for a Redis that does not answer; a visitor waits meanwhile
AWAY = 5.0  # seconds in which it is not asked again

log = structlog.get_logger()


@dataclass(frozen=True)
class Limit:
    """`most` tries at once, then one more each `every` seconds; no two share a `purpose`."""

    purpose: str
    most: int
    every: float


# Files that anybody may have looked into, who asks whether they are ours: documents that are known,
# byte for byte, are looked for first and never count.
FILES = Limit("files looked into", most=10, every=30)


class TooManyTries(Exception):
    """Of a limit there is no try left; `wait` seconds until there is one."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"wait {wait:.0f} s")
        self.wait = wait


class Limits:
    """The tries that are spent, by limit and key. Safe for several threads."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
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

    def check(self, limit: Limit, key: str) -> None:
        """Raises TooManyTries when there is no try; it costs none."""
        if wait := self.wait(limit, key):
            raise TooManyTries(wait)

    def claim(self, limit: Limit, key: str) -> None:
        """Spend a try; raises TooManyTries when there is none."""
        if not self.take(limit, key):
            raise TooManyTries(self.wait(limit, key))

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


class SharedLimits(Limits):
    """The same for all processes that share a Redis: one script looks and spends, by its clock.

    No key of Redis says whom it is about, and each is forgotten when it counts no more.
    """

    def __init__(self, redis_url: str, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(clock)
        self._redis = connect(redis_url, PATIENCE)
        self._script = self._redis.register_script(_SCRIPT)
        self._away_until = 0.0

    def wait(self, limit: Limit, key: str) -> float:
        waited = self._ask(limit, key, "look")
        return super().wait(limit, key) if waited is None else waited

    def spend(self, limit: Limit, key: str) -> None:
        super().spend(limit, key)  # this process knows, should Redis go away
        self._ask(limit, key, "spend")

    def take(self, limit: Limit, key: str) -> bool:
        waited = self._ask(limit, key, "take")
        if waited is None:
            return super().take(limit, key)
        if waited == 0:
            super().spend(limit, key)
        return waited == 0

    def _ask(self, limit: Limit, key: str, act: str) -> float | None:
        """Seconds until there is a try, when the act began; None while Redis is away."""
        if monotonic() < self._away_until:
            return None
        named = hashlib.sha256(f"{limit.purpose}\n{key}".encode()).hexdigest()[:32]
        arguments: list[str | int] = [limit.most, round(limit.every * 1000), act]
        try:
            return int(self._script(keys=[f"emarge.limit.{named}"], args=arguments)) / 1000
        except redis.RedisError as error:
            self._away_until = monotonic() + AWAY
            log.warning("limits are counted here alone", error=type(error).__name__)
            return None


_SCRIPT = """
local time = redis.call('TIME')
local moment = time[1] * 1000 + math.floor(time[2] / 1000)
local most, every = tonumber(ARGV[1]), tonumber(ARGV[2])
local restored = math.max(moment, tonumber(redis.call('GET', KEYS[1]) or 0))
local wait = math.max(0, restored - moment - (most - 1) * every)
if ARGV[3] == 'spend' or (ARGV[3] == 'take' and wait == 0) then
  restored = restored + every
  redis.call('SET', KEYS[1], string.format('%.0f', restored), 'PX', restored - moment)
end
return wait
"""


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


def is_own(request: Request, proxies: str) -> bool:
    """Whether the operator asks, who needs no network to overload it: from this machine, or from
    among the `proxies` (addresses and networks, comma-separated) that stand before it."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    if address.is_loopback:
        return True
    return proxies != "*" and any(
        address in ipaddress.ip_network(each.strip()) for each in proxies.split(",")
    )


FromNetwork = Annotated[str, Depends(network_of)]
