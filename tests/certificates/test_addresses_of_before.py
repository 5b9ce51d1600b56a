"""Whose certificates were issued before they were found by address find them all the same."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.certificates.base import records
from shared.base.clock import now
from shared.base.database import Database
from shared.bus.migrations import migrate
from tests.certificates.service_doubles import certified
from tests.conftest import SERVICES

FIELDS = "id registration_id variant session attendance_version edition job_key code link_key"
FIELDS += " conference holder sought minutes attendance issued_at sha256 erased_at"


@pytest.fixture
def before(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(f"sqlite:///{tmp_path}/before.db")
    migrate(database, SERVICES / "certificates", "certificates_0010")
    attended = certified(email="Zoé@Example.org").data.model_dump_json()
    moment = now().isoformat(sep=" ")
    with database.begin() as connection:
        for number, attendance in enumerate((attended, json.dumps({}))):  # the other was erased
            connection.exec_driver_sql(
                f"INSERT INTO certificate ({', '.join(FIELDS.split())}) VALUES ("  # noqa: S608  our own names
                "?, ?, 'day', '', 1, 1, ?, ?, 'key', 'day', 'Zoé', '', 60, ?, ?, ?, ?)",
                (
                    *(f"c-{number}", f"r-{number}", f"job-{number}", f"code-{number}"),
                    *(attendance, moment, "0" * 64, moment if number else None),
                ),
            )
    yield database
    database.close()


def test_addresses_are_filled(before: Database) -> None:
    migrate(before, SERVICES / "certificates")
    with before.read() as connection:
        assert [each.id for each in records.of_address(connection, "zoé@example.org")] == ["c-0"]
        assert records.of_address(connection, "") == []
