"""A limit: tries at once, then one back every so often, for each purpose and key by itself."""

import pytest
from starlette.requests import Request

from shared.http import limits as limits_module
from shared.http.limits import Limit, Limits, network_of

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
