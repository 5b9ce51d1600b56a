"""A day with sheets, on each database."""

from pathlib import Path

import pytest

from services.sheets.base.records import id_of
from services.sheets.sealing.orders import ask_for_seal
from shared.base.database import Database
from tests.sheets.signed_day import DAY, ORGANISER, House, place


@pytest.fixture
def house(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Ten minutes into the day, with a programme and three people, two of them in a workshop."""
    opened = House(
        database,
        tmp_path / "sealed",
        lambda moment: monkeypatch.setattr("shared.base.clock.epoch_seconds", moment.timestamp),
    )
    opened.at(0.2)
    opened.tell_programme()
    opened.hear(place("ada", "left"), place("bob", "right"), place("cyd"))
    return opened


@pytest.fixture
def signed(house: House) -> House:
    """The opening is sealed; the workshop on the left is signed, and not sealed."""
    house.sign("ada")
    house.at(1.4)
    house.sign("ada", "left")
    with house.database.begin() as connection:
        ask_for_seal(connection, id_of(DAY, "opening"), by=ORGANISER)
    house.work()
    return house
