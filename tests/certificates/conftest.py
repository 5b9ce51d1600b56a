"""The certificates service on each database, with a folder of its own."""

from pathlib import Path

import pytest

from shared.database import Database
from tests.certificates.service_doubles import House, open_house


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return open_house(database, tmp_path / "documents")
