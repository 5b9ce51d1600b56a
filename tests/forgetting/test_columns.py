"""No table of any service has a column of which nobody has said whether it tells of people, and how
an erasure reaches it."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import inspect

from shared.base.database import Database
from shared.bus import personal_columns as spine
from shared.bus.migrations import migrate
from tests.conftest import SERVICES

NAMES = sorted(each.parent.name for each in SERVICES.glob("*/service.py"))


def declared(module: ModuleType) -> Iterator[tuple[str, str]]:
    for table, columns in module.NOBODY.items():
        yield from ((table, column) for column in columns.split())
    for table, held in module.HELD.items():
        assert all(held.values()), f"{table}: how does an erasure reach it?"
        yield from ((table, column) for column in held)


def columns_of(database: Database) -> set[tuple[str, str]]:
    found = inspect(database.engine)
    return {
        (table, column["name"])
        for table in found.get_table_names()
        for column in found.get_columns(table)
    }


def declaration(service: str) -> str:
    """The module where it says so, wherever in the service that is."""
    files = [*(SERVICES / service).rglob("personal_columns.py")]
    assert len(files) == 1, (
        f"services/{service} says in one personal_columns.py whom columns tell of"
    )
    return ".".join(files[0].relative_to(SERVICES.parent).with_suffix("").parts)


@pytest.mark.parametrize("service", NAMES)
def test_every_column_is_declared_once(service: str, tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'empty.db'}")
    migrate(database, SERVICES / service)
    own = importlib.import_module(declaration(service))
    said = [*declared(spine), *declared(own)]
    there = columns_of(database)
    database.close()
    assert sorted(there - {*said}) == [], "say in personal_columns whom these tell of"
    assert sorted({*said} - there) == [], "these are gone"
    assert len(said) == len({*said}), "of nobody and of somebody"
