from services.certificates.verification import throttle
from services.certificates.verification.throttle import Throttle


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_allowance_comes_back_slowly() -> None:
    clock = Clock()
    guesses = Throttle(allowance=3, refill=0.5, clock=clock)
    for _ in range(3):
        assert guesses.wait("192.0.2.1") == 0
        guesses.miss("192.0.2.1")
    assert guesses.wait("192.0.2.1") == 2
    clock.now += 2
    assert guesses.wait("192.0.2.1") == 0
    guesses.miss("192.0.2.1")
    assert guesses.wait("192.0.2.1") > 0
    clock.now += 1000
    for _ in range(3):
        assert guesses.wait("192.0.2.1") == 0
        guesses.miss("192.0.2.1")
    assert guesses.wait("192.0.2.1") > 0, "a long rest gives no more than the allowance"


def test_a_whole_ipv6_network_is_one_guesser() -> None:
    guesses = Throttle(allowance=2, clock=Clock())
    guesses.miss("2001:db8:1:2::1")
    guesses.miss("2001:db8:1:2:ffff::2")
    assert guesses.wait("2001:db8:1:2::3") > 0
    assert guesses.wait("2001:db8:1:3::1") == 0


def test_memory_is_bounded() -> None:
    guesses = Throttle(allowance=1, clock=Clock())
    for number in range(throttle.REMEMBERED + 10):
        guesses.miss(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert guesses.wait("10.0.0.0") == 0, "the oldest is forgotten"
    assert guesses.wait("10.0.39.20") > 0


def test_an_address_that_is_none_counts_too() -> None:
    guesses = Throttle(allowance=1, clock=Clock())
    guesses.miss("testclient")
    assert guesses.wait("testclient") > 0
