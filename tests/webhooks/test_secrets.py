"""Secrets are readable in no database, and outlive the key that they were sealed with."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from services.webhooks.base.sealing import Seals
from services.webhooks.forgetting import KEPT
from services.webhooks.managing.endpoints import RotatedLately
from shared.base.clock import now
from shared.base.keyring import CannotOpen
from tests.webhooks.conftest import Clock
from tests.webhooks.house import ANN, House, confirmed, settings_with
from tests.webhooks.receiver import Receiver

NEW_KEY = "another-secret-for-tests"


def test_no_database_has_a_secret(house: House, receiver: Receiver) -> None:
    endpoint = house.endpoint(receiver.url)
    first = house.endpoints().show_secret(endpoint, ANN)
    second, _ = house.endpoints().rotate(endpoint, ANN)
    house.tell(confirmed())
    house.work()
    assert len(receiver.requests) == 1
    tables = ("endpoint", "delivery", "endpoint_change", "job", "event", "known_day")
    with house.database.read() as connection:
        kept = [str(connection.execute(text(f"SELECT * FROM {table}")).all()) for table in tables]  # noqa: S608  names from above
    for secret in (first, second):
        assert secret.removeprefix("whsec_") not in "".join(kept)


def test_a_second_press_does_not_end_the_secret_that_receivers_have(house: House) -> None:
    endpoint = house.endpoint("https://example.org/hook")
    house.endpoints().rotate(endpoint, ANN)
    second = house.endpoints().show_secret(endpoint, ANN)
    with pytest.raises(RotatedLately):
        house.endpoints().rotate(endpoint, ANN)
    assert house.endpoints().show_secret(endpoint, ANN) == second


def test_a_secret_is_bound_to_its_endpoint() -> None:
    seals = Seals(settings_with())
    sealed = seals.seal("whsec_a", "ep_1")
    assert seals.unseal(sealed, "ep_1") == "whsec_a"
    assert seals.seal("whsec_a", "ep_1") != sealed
    with pytest.raises(CannotOpen):
        seals.unseal(sealed, "ep_2")


def test_within_a_day_of_a_new_key_the_old_one_may_go(
    house: House, clock_of_service: Clock
) -> None:
    endpoint = house.endpoint("http://127.0.0.1:1/")
    secret = house.endpoints().show_secret(endpoint, ANN)
    old = house.settings.secret_key[0].get_secret_value()
    both = House(house.database, settings_with(secret_key=f"{NEW_KEY},{old}"))
    assert both.endpoints().show_secret(endpoint, ANN) == secret
    clock_of_service.pass_(timedelta(days=1, minutes=1))
    both.work()
    new = House(house.database, settings_with(secret_key=NEW_KEY))
    assert new.endpoints().show_secret(endpoint, ANN) == secret
    with pytest.raises(CannotOpen):
        house.endpoints().show_secret(endpoint, ANN)


def test_an_erasure_that_was_missed_is_told_however_late(
    house: House, receiver: Receiver, clock_of_service: Clock
) -> None:
    endpoint = house.endpoint(receiver.url, personal=True)
    house.tell(confirmed())
    house.work()
    house.endpoints().set_enabled(endpoint, ANN, enabled=False)
    house.erase()
    house.work()
    clock_of_service.pass_(KEPT + timedelta(days=1))
    house.work()
    assert house.states() == ["missed"]
    house.endpoints().set_enabled(endpoint, ANN, enabled=True)
    house.work()
    assert b"attendee.erased" in receiver.requests[-1].body


def test_what_was_sent_is_forgotten_after_thirty_days(
    house: House, receiver: Receiver, clock_of_service: Clock
) -> None:
    house.endpoint(receiver.url)
    house.tell(confirmed())
    house.work()
    assert timedelta(days=30) == KEPT
    started = now()
    while now() - started < KEPT - timedelta(days=1):
        clock_of_service.pass_(timedelta(days=1))
        house.work()
    assert len(house.deliveries()) == 1
    for _ in range(2):
        clock_of_service.pass_(timedelta(days=1))
        house.work()
    assert house.deliveries() == [], "each sweep plans the next"
