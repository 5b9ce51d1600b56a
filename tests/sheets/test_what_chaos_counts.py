"""Each count of the chaos finds the fault that it is for, in a day of sheets."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from services.sheets.base.records import id_of
from services.sheets.base.settings import SheetsSettings
from services.sheets.base.tables import EntryRow
from tests.sheets.signed_day import DAY, KEYS, TOKEN, House
from tests.system.chaos.signatures import Sheets, Signatures


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is counted is the same on both."""
    return sqlite_url


@pytest.fixture
def counting(house: House, database_url: str, tmp_path: Path) -> Sheets:
    """Ada has signed, and registration knows."""
    house.sign("ada")
    path = tmp_path / "registration.db"
    with closing(sqlite3.connect(path)) as registration:
        registration.execute("CREATE TABLE signed_presence (registration_id TEXT)")
        registration.execute("INSERT INTO signed_presence VALUES ('ada')")
        registration.commit()
    settings = SheetsSettings(
        service="sheets",
        database_url=database_url,
        storage_url=str(house.folder),
        secret_key="a-secret-for-tests-only",
        service_token=TOKEN.get_secret_value(),
        picture_keys=KEYS[0].get_secret_value(),
    )
    return Sheets(settings, f"sqlite:///{path}")


def counted(house: House, counting: Sheets, *signed: str) -> Signatures:
    told = [{"type": "attendance.signed", "data": each} for each in house.told()]
    return counting.count({*signed}, told)


def test_nothing_is_wrong(house: House, counting: Sheets) -> None:
    found = counted(house, counting, "ada")
    assert (found.signatures, found.losses) == (1, 0)


def test_one_that_is_lost(house: House, counting: Sheets) -> None:
    assert counted(house, counting, "ada", "bob").signatures_missing == 1


def test_one_that_nobody_heard_of(house: House, counting: Sheets) -> None:
    house.sign("bob")
    assert counted(house, counting, "ada", "bob").signatures_unheard == 1
    assert counting.count({"ada"}, []).signatures_untold == 2


def test_one_that_is_there_twice(house: House, counting: Sheets) -> None:
    with house.database.begin() as connection:
        row = connection.execute(select(*EntryRow.__table__.columns)).mappings().one()
        connection.execute(insert(EntryRow).values({**row, "number": 2, "key": "again"}))
    found = counted(house, counting, "ada")
    assert found.signatures_doubled == 1
    assert found.faults_of_chains > 0


def test_an_entry_that_was_altered_or_taken_away(house: House, counting: Sheets) -> None:
    with house.database.begin() as connection:
        connection.execute(update(EntryRow).values(source="paper"))
    assert counted(house, counting, "ada").faults_of_chains == 1
    with house.database.begin() as connection:
        connection.execute(delete(EntryRow).where(EntryRow.sheet_id == id_of(DAY, "opening")))
    assert counted(house, counting, "ada").faults_of_chains == 1
