"""When an endpoint ends, and who was written to because of it is forgotten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.webhooks.base.changes import changes
from services.webhooks.forgetting import DAY_KEPT, forget_conference, forget_organiser
from shared.base.clock import now
from tests.webhooks.conftest import Clock
from tests.webhooks.house import ANN, CONFERENCE, House, confirmed
from tests.webhooks.receiver import Receiver


@pytest.fixture
def given_up(house: House, receiver: Receiver) -> str:
    """An endpoint that wants no more, about which its contact was written to."""
    house.publish()
    endpoint = house.endpoint(receiver.url, "registration.confirmed")
    receiver.answer = 410
    house.tell(confirmed())
    house.work()
    [letter] = house.published("letter.asked")
    assert letter["email"] == "ann@example.org"
    return endpoint


def test_all_of_a_day_goes_four_years_after_it(
    house: House, given_up: str, clock_of_service: Clock
) -> None:
    elsewhere = house.endpoint("https://example.org/hook", slug="another")
    clock_of_service.pass_(CONFERENCE.ends_at + DAY_KEPT - now() - timedelta(hours=1))
    house.work()
    assert house.row(given_up)
    clock_of_service.pass_(timedelta(days=1, hours=2))
    house.work()
    assert house.endpoints().listed() == []
    with house.database.read() as connection:
        assert changes(connection, "day") == []
    assert house.row(elsewhere), "of a day that nobody knows the end of"
    assert "ann@example.org" not in str(house.published("letter.asked"))


def change_contact(house: House, endpoint: str) -> None:
    given = {"contact": "bob@example.org"}
    house.endpoints().change(endpoint, given, ANN, house.settings.webhook_allow)


def delete(house: House, endpoint: str) -> None:
    house.endpoints().delete(endpoint, ANN)


def delete_the_draft(house: House, _endpoint: str) -> None:
    with house.database.begin() as connection:
        forget_conference(connection, house.resources.log, "day", now())


def erase_them(house: House, _endpoint: str) -> None:
    with house.database.begin() as connection:
        forget_organiser(connection, house.resources.log, lambda name: name == ANN.name)


@pytest.mark.parametrize("end", [change_contact, delete, delete_the_draft, erase_them])
def test_who_was_written_to_is_forgotten_by_whoever_wrote(
    house: House, given_up: str, end: Callable[[House, str], Any]
) -> None:
    [letter] = house.published("letter.asked")
    end(house, given_up)
    [kept] = house.published("letter.asked")
    assert "ann@example.org" not in str(kept)
    [erased] = house.published("reader.erased")
    assert erased["about"] == letter["about"]


def test_another_contact_is_another_reader(house: House, given_up: str) -> None:
    """Whoever writes emails writes to none that it was told to forget."""
    change_contact(house, given_up)
    house.endpoints().set_enabled(given_up, ANN, enabled=True)
    house.tell(confirmed("r-2"))
    house.work()
    first, second = house.published("letter.asked")
    assert second["email"] == "bob@example.org"
    assert first["about"] != second["about"]
