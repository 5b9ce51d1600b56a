"""A limit: tries at once, then one back every so often, for each purpose and key by itself."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import Request

from shared.base.redis_url import connect
from shared.http import limits as limits_module
from shared.http.limits import (
    PATIENCE,
    Limit,
    Limits,
    SharedLimits,
    TooManyTries,
    is_own,
    network_of,
)
from shared.testing import eventually

GUESSES = Limit("guesses", most=3, every=2)
ONE = Limit("one", most=1, every=6)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    return Limits(clock)


def test_whoever_has_no_try_is_told_how_long_to_wait(limits: Limits) -> None:
    limits.check(ONE, "192.0.2.1")
    limits.claim(ONE, "192.0.2.1")
    for refuse in (limits.check, limits.claim):
        with pytest.raises(TooManyTries) as refused:
            refuse(ONE, "192.0.2.1")
        assert refused.value.wait == 6
    limits.claim(ONE, "192.0.2.2")


class TestShared:
    """In Redis, by its clock: for every process, and by this one alone while Redis is away."""

    def test_what_one_process_spends_another_has_not(self, redis_url: str) -> None:
        one, other = SharedLimits(redis_url), SharedLimits(redis_url)
        assert one.take(GUESSES, "shared")
        assert other.take(GUESSES, "shared")
        other.spend(GUESSES, "shared")
        assert not one.take(GUESSES, "shared")
        assert 0 < other.wait(GUESSES, "shared") <= 2
        assert one.wait(GUESSES, "somebody else") == 0

    def test_many_at_once_get_no_more_than_there_are(self, redis_url: str) -> None:
        slow = Limit("slow", most=5, every=1000)
        processes = [SharedLimits(redis_url) for _ in range(8)]
        with ThreadPoolExecutor(8) as threads:
            tries = [threads.submit(each.take, slow, "k") for each in processes * 5]
        assert sum(each.result() for each in tries) == 5

    def test_a_try_comes_back_and_nothing_is_kept_for_ever(self, redis_url: str) -> None:
        quick = Limit("quick", most=1, every=0.05)
        limits = SharedLimits(redis_url)
        assert limits.take(quick, "zoe@example.org")
        assert not limits.take(quick, "zoe@example.org")
        eventually(lambda: limits.take(quick, "zoe@example.org"))
        known = connect(redis_url)
        assert not [key for key in known.scan_iter("*") if "zoe" in key]
        eventually(lambda: limits.wait(quick, "zoe@example.org") == 0)
        assert all(known.pttl(key) != -1 for key in known.scan_iter("emarge.limit.*"))

    def test_without_redis_this_process_counts_and_does_not_wait_for_it(self) -> None:
        with socket.socket() as silent:  # listens, and never says a word
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            limits = SharedLimits(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
            began = time.monotonic()
            assert [limits.take(ONE, "192.0.2.1") for _ in range(50)] == [True] + [False] * 49
            assert time.monotonic() - began < 5 * PATIENCE

    def test_what_was_spent_in_redis_is_known_when_it_goes(self, redis_url: str) -> None:
        limits = SharedLimits(redis_url)
        assert limits.take(ONE, "goes away")
        limits._away_until = time.monotonic() + 60  # noqa: SLF001  as after a failure
        assert not limits.take(ONE, "goes away")


def test_the_tries_come_back_slowly(limits: Limits, clock: Clock) -> None:
    for _ in range(3):
        assert limits.wait(GUESSES, "192.0.2.1") == 0
        limits.spend(GUESSES, "192.0.2.1")
    assert limits.wait(GUESSES, "192.0.2.1") == 2
    clock.now += 2
    assert limits.wait(GUESSES, "192.0.2.1") == 0
    limits.spend(GUESSES, "192.0.2.1")
    assert limits.wait(GUESSES, "192.0.2.1") > 0
    clock.now += 1000
    for _ in range(3):
        assert limits.wait(GUESSES, "192.0.2.1") == 0
        limits.spend(GUESSES, "192.0.2.1")
    assert limits.wait(GUESSES, "192.0.2.1") > 0, "a long rest gives no more than there were"


def test_looking_costs_nothing_and_a_refusal_neither(limits: Limits, clock: Clock) -> None:
    for _ in range(10):
        assert limits.wait(ONE, "192.0.2.1") == 0
    assert limits.take(ONE, "192.0.2.1")
    for _ in range(10):
        assert not limits.take(ONE, "192.0.2.1")
    clock.now += 6
    assert limits.take(ONE, "192.0.2.1")


def test_each_purpose_and_key_counts_by_itself(limits: Limits) -> None:
    limits.spend(ONE, "192.0.2.1")
    assert limits.wait(ONE, "192.0.2.2") == 0
    assert limits.wait(GUESSES, "192.0.2.1") == 0
    assert limits.wait(ONE, "192.0.2.1") > 0


def test_memory_is_bounded(limits: Limits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits_module, "REMEMBERED", 100)
    limits.spend(GUESSES, "of another purpose")
    for number in range(110):
        limits.spend(ONE, f"10.0.0.{number}")
    assert limits.wait(ONE, "10.0.0.0") == 0, "the oldest is forgotten"
    assert limits.wait(ONE, "10.0.0.109") > 0
    for _ in range(2):
        limits.spend(GUESSES, "of another purpose")
    assert limits.wait(GUESSES, "of another purpose") > 0, "a flood of keys stays its own"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::2", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("testclient", "testclient"),
    ],
)
def test_a_whole_ipv6_network_is_one(address: str, network: str) -> None:
    assert network_of(Request({"type": "http", "client": (address, 1)})) == network


def test_who_comes_from_nowhere_counts_too() -> None:
    assert network_of(Request({"type": "http", "client": None})) == ""


@pytest.mark.parametrize(
    ("address", "proxies", "own"),
    [
        ("127.0.0.1", "*", True),
        ("::1", "127.0.0.1,::1", True),
        ("172.30.77.1", "172.30.77.0/24", True),
        ("172.30.78.1", "10.0.0.0/8, 172.30.77.0/24", False),
        ("2001:db8::1", "172.30.77.0/24", False),
        ("192.0.2.1", "*", False),
        ("testclient", "127.0.0.1", False),
    ],
)
def test_the_operator_is_told_from_others(address: str, proxies: str, own: bool) -> None:
    assert is_own(Request({"type": "http", "client": (address, 1)}), proxies) is own
