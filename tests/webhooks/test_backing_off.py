"""A receiver that is down, or busy, is left in peace: as long as it asks, and not for ever."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from services.webhooks.base.backing_off import AT_ONCE, DELAYS
from services.webhooks.base.changes import changes
from shared.base.clock import now
from tests.webhooks.conftest import Clock
from tests.webhooks.house import ANN, House, confirmed
from tests.webhooks.receiver import Receiver


def test_one_that_is_down_is_tried_by_one_message_at_a_time(
    house: House, receiver: Receiver, clock_of_service: Clock
) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    receiver.answer = 503
    house.tell(confirmed("r-0"))
    house.work()
    house.tell(*(confirmed(f"r-{number}") for number in range(1, 20)))
    house.work()
    assert len(receiver.requests) == 1, "the others wait for it"
    clock_of_service.pass_(timedelta(seconds=8))
    house.work()
    assert len(receiver.requests) <= 3
    receiver.answer = 204
    for _ in range(3):  # no more than so many go out at once
        clock_of_service.pass_(timedelta(minutes=20))
        house.work()
    assert house.states(endpoint) == ["delivered"] * 20
    assert house.row(endpoint).failing_since is None


def test_what_waited_goes_on_as_soon_as_it_works_again(
    house: House, receiver: Receiver, clock_of_service: Clock
) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    receiver.answer = 503
    house.tell(confirmed("r-0"))
    house.work()
    house.tell(*(confirmed(f"r-{number}") for number in range(1, 200)))
    house.work()  # held, and spread over the seconds after the next try
    receiver.answer = 204
    clock_of_service.pass_(house.row(endpoint).paused_until - now() + timedelta(milliseconds=50))
    house.work()
    assert house.states(endpoint).count("delivered") >= AT_ONCE


def fails_together(house: House, receiver: Receiver, count: int) -> str:
    """An endpoint that so many messages, on their way at the same time, found down."""
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    together = threading.Barrier(min(count, AT_ONCE))

    def answer(handler: BaseHTTPRequestHandler) -> None:
        together.wait(timeout=10)
        handler.send_response(503)
        handler.end_headers()

    receiver.answer = answer
    house.tell(*(confirmed(f"r-{number}") for number in range(count)))
    house.work()
    assert len(receiver.requests) == count
    return endpoint


def test_those_under_way_together_are_one_failure(house: House, receiver: Receiver) -> None:
    endpoint = fails_together(house, receiver, AT_ONCE)
    row = house.row(endpoint)
    assert row.failures == 1
    assert row.paused_until - now() <= DELAYS[0]


def test_one_that_is_busy_is_left_in_peace_as_long_as_it_asks(
    house: House, receiver: Receiver, clock_of_service: Clock
) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    receiver.answer, receiver.headers = 429, {"Retry-After": "1"}
    for number in range(4):
        house.tell(confirmed(f"r-{number}"))
        house.work()
        clock_of_service.pass_(timedelta(seconds=2))
    row = house.row(endpoint)
    assert row.failures == 0
    assert row.paused_until <= now()
    assert len(receiver.requests) >= 4, "after a second it is tried again"


@pytest.mark.parametrize("how", ["test", "resend", "enable"])
def test_somebody_may_have_it_tried_now(house: House, receiver: Receiver, how: str) -> None:
    endpoint = fails_together(house, receiver, 3)
    receiver.answer = 204
    managed = house.endpoints()
    if how == "test":
        managed.test(endpoint, ANN)
    elif how == "resend":
        first = house.deliveries(endpoint)[0].id
        assert managed.resend(endpoint, ANN, first) == 1, "it waits for its next try"
    else:
        managed.set_enabled(endpoint, ANN, enabled=True)
        with house.database.read() as connection:
            assert changes(connection, "day", endpoint)[0].what == "tried-now"
    house.work()
    row = house.row(endpoint)
    assert (row.failures, row.paused_until) == (0, None)
    assert house.states(endpoint).count("delivered") >= 2


def test_it_is_waited_as_long_as_it_asks(
    house: House, receiver: Receiver, clock_of_service: Clock
) -> None:
    house.endpoint(receiver.url, "registration.confirmed")
    receiver.answer, receiver.headers = 429, {"Retry-After": "600"}
    house.tell(confirmed())
    house.work()
    clock_of_service.pass_(timedelta(seconds=590))
    house.work()
    assert len(receiver.requests) == 1
    clock_of_service.pass_(timedelta(seconds=15))
    house.work()
    assert len(receiver.requests) == 2
