"""A day with sheets, on each database."""

from pathlib import Path

import pytest

from shared.base.database import Database
from tests.sheets.signed_day import House, place


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
