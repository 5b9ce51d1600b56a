"""How often one address may guess: a bucket of tokens, refilled slowly; only misses cost one.

Whoever checks real certificates, a whole office behind one address included, never notices. It is
kept in this process: with several of them a guesser has as many times the allowance, which the
length of the codes makes no matter.
"""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

ALLOWANCE = 20  # misses at once
REFILL = 1 / 6  # misses a second after that
REMEMBERED = 10_000  # addresses; the one that has been quiet longest is forgotten first


class Throttle:
    """Misses by address. Safe for several threads."""

    def __init__(
        self,
        allowance: float = ALLOWANCE,
        refill: float = REFILL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowance = allowance
        self._refill = refill
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, address: str) -> float:
        """Seconds until this address may try again; 0 when it may now."""
        with self._lock:
            tokens = self._tokens(_network(address))
        return 0.0 if tokens >= 1 else (1 - tokens) / self._refill

    def miss(self, address: str) -> None:
        """This address named a code that does not exist."""
        network = _network(address)
        with self._lock:
            self._buckets[network] = (self._tokens(network) - 1, self._clock())
            self._buckets.move_to_end(network)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)

    def _tokens(self, network: str) -> float:
        tokens, at = self._buckets.get(network, (self._allowance, self._clock()))
        return min(self._allowance, tokens + (self._clock() - at) * self._refill)


def _network(address: str) -> str:
    """An IPv6 customer has a whole /64, so that is what counts as one address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(parsed)
