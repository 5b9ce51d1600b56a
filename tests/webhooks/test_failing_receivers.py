"""What a receiver that fails does to itself, and to nobody else."""

import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from sqlalchemy import update

from services.webhooks.base.backing_off import AT_ONCE, DELAYS, MAX_TRIES
from services.webhooks.base.changes import changes
from services.webhooks.base.tables import Endpoint
from services.webhooks.managing.endpoints import EndpointDisabled, Endpoints
from services.webhooks.sending.fanning import fan_out
from services.webhooks.transport import posting
from shared.events import new_event
from tests.webhooks.conftest import Clock
from tests.webhooks.house import ANN, House, confirmed
from tests.webhooks.receiver import Receiver


def test_it_is_tried_for_a_day_at_the_delays_that_are_written_down(
    house: House, receiver: Receiver, clock_of_service: Clock
) -> None:
    house.publish()
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    receiver.answer = 500
    house.tell(confirmed())
    for number, delay in enumerate(DELAYS, start=1):
        house.work()
        assert len(receiver.requests) == number
        clock_of_service.pass_(delay - timedelta(seconds=2))
        house.work()
        assert len(receiver.requests) == number, "not before its time"
        clock_of_service.pass_(timedelta(seconds=3))
    house.work()
    assert len(receiver.requests) == MAX_TRIES
    assert house.states(endpoint) == ["failed"]
    assert house.row(endpoint).disabled == "failing"
    assert timedelta(hours=23) < sum(DELAYS, timedelta()) < timedelta(hours=25)
    assert len(set(receiver.ids)) == 1, "a try is the same message"


def test_who_is_disabled_is_told_by_email_once(
    house: House, receiver: Receiver, clock_of_service: Clock
) -> None:
    house.publish()
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    receiver.answer = 500
    for number in range(3):
        house.tell(confirmed(f"r-{number}"))
    house.work()
    clock_of_service.pass_(timedelta(days=1))
    house.work()
    clock_of_service.pass_(timedelta(days=1))
    house.work()
    assert house.row(endpoint).disabled == "failing"
    assert set(house.states(endpoint)) == {"missed"}
    [letter] = house.published("letter.asked")
    assert letter["email"] == "ann@example.org"
    assert letter["path"] == f"/organiser/day/webhooks/{endpoint}"
    assert "127.0.0.1" in letter["subject"]
    assert "/hook" not in str(letter), "an address may hold a key"
    assert letter["conference"]["slug"] == "day"
    with house.database.read() as connection:
        newest = changes(connection, "day", endpoint)[0]
    assert (newest.what, newest.actor_kind) == ("failing", "system")


def test_what_was_missed_is_sent_when_it_is_asked_for(house: House, receiver: Receiver) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    receiver.answer = 410
    house.tell(confirmed("r-1"))
    house.work()
    assert house.row(endpoint).disabled == "gone", "at once"
    house.tell(confirmed("r-2"))
    house.work()
    assert house.states(endpoint) == ["failed", "missed"]
    receiver.answer = 204
    receiver.requests.clear()
    house.endpoints().set_enabled(endpoint, ANN, enabled=True)
    house.work()
    assert receiver.requests == []
    assert house.endpoints().resend(endpoint, ANN, "failed") == 2
    house.work()
    assert house.states(endpoint) == ["delivered", "delivered"]
    assert house.endpoints().resend(endpoint, ANN, "failed") == 0


def test_what_was_filed_while_it_was_being_disabled_is_missed(
    house: House, receiver: Receiver
) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    of_it = Endpoint.id == endpoint
    with house.database.begin() as connection:
        # Whoever filed it had read the endpoint before.
        fan_out(connection, new_event("registration", confirmed()), again=False)
        connection.execute(update(Endpoint).where(of_it).values(disabled="by-hand"))
    assert house.states(endpoint) == ["waiting"]
    house.work()
    assert house.states(endpoint) == ["missed"]
    assert receiver.requests == []


def test_nothing_is_sent_again_to_one_that_is_disabled(house: House, receiver: Receiver) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    house.tell(confirmed())
    house.work()
    managed = house.endpoints()
    managed.set_enabled(endpoint, ANN, enabled=False)
    for which in ("failed", house.deliveries(endpoint)[0].id):
        with pytest.raises(EndpointDisabled):
            managed.resend(endpoint, ANN, which)
    house.work()
    assert len(receiver.requests) == 1


def test_one_message_that_it_refuses_disables_nothing(
    house: House, receiver: Receiver, clock_of_service: Clock
) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    receiver.answer = 422
    house.tell(confirmed("r-1"))
    house.work()
    assert house.row(endpoint).paused_until is None, "it works, only not for this"
    for delay in DELAYS:
        receiver.answer = 204
        house.tell(confirmed("r-2"))
        house.work()
        receiver.answer = 422
        clock_of_service.pass_(delay + timedelta(seconds=1))
        house.work()
    assert house.states(endpoint)[0] == "failed"
    assert house.row(endpoint).disabled is None


def test_who_hangs_keeps_nobody_waiting(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "LIMIT", 3.0)
    hanging = [house.endpoint(f"{receiver.url}/hangs", slug="slow") for _ in range(3)]
    well = house.endpoint(f"{receiver.url}/well", "registration.confirmed")

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if "hangs" in handler.path:
            receiver.hang(handler)
        handler.send_response(204)
        handler.end_headers()

    receiver.answer = answer
    house.tell(*(confirmed(f"s-{number}", slug="slow") for number in range(40)))
    house.start()
    house.tell(confirmed("r-1"))
    started = time.monotonic()
    house.start()
    while house.states(well) != ["delivered"]:
        assert time.monotonic() - started < 2, "it waited for those that hang"
    under_way = [house.resources.courier.under_way(endpoint) for endpoint in hanging]
    assert max(under_way) <= AT_ONCE
    receiver.over.set()
    house.work()


def test_a_test_is_sent_even_where_it_is_disabled(house: House, receiver: Receiver) -> None:
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    managed: Endpoints = house.endpoints()
    managed.set_enabled(endpoint, ANN, enabled=False)
    managed.test(endpoint, ANN)
    receiver.answer = 500
    managed.test(endpoint, ANN)
    house.work()
    assert house.row(endpoint).disabled == "by-hand", "a test changes nothing"
    assert house.row(endpoint).failures == 0
    assert sorted(house.states(endpoint)) == ["failed", "failed"]
    assert len(receiver.requests) == 2, "each once"


def test_what_a_killed_worker_had_on_its_way_is_sent_by_another(
    house: House, receiver: Receiver, clock_of_service: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never settles: its process is gone."""
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    house.tell(confirmed())
    with monkeypatch.context() as patch:
        patch.setattr(house.resources.courier, "start", lambda *_: None)
        house.work()
    assert house.states(endpoint) == ["waiting"]
    clock_of_service.pass_(timedelta(seconds=61))  # the lease is over
    house.work()
    assert house.states(endpoint) == ["delivered"]
