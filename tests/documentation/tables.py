"""Every service's tables as Mermaid diagrams, drawn from the databases that its migrations make."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Column, MetaData, Table, UniqueConstraint
from sqlalchemy.exc import SAWarning

from shared.base.database import Database
from shared.bus.migrations import migrate
from tests.documentation.reference import FOLDER, ROOT, kept

PAGE = FOLDER / "tables.md"
HEADING = """\
# Tables

Drawn by `make reference` from the databases that the migrations make. PK is the primary key, UK
unique on its own, FK belongs to another table. What a column means stands beside it in the code:
in `shared/bus/` for the spine, in each service's `base/tables.py` for its own. The types have
SQLite's names; PostgreSQL has the same tables.
"""


def page() -> str:
    """What docs/tables.md has to say."""
    spine = _tables(None)
    parts = [HEADING, "## The spine, in every service's database\n", _diagram(spine)]
    for folder in (ROOT / "services" / name for name in kept()):
        own = [
            table for table in _tables(folder) if table.name not in {each.name for each in spine}
        ]
        parts += [f"## {folder.name.capitalize()}\n", _diagram(own)]
    return "\n".join(parts)


def _tables(service: Path | None) -> list[Table]:
    with TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{folder}/drawn.db")
        migrate(database, service)
        metadata = MetaData()
        with warnings.catch_warnings():
            # An index on an expression is not reflected, and not drawn.
            warnings.simplefilter("ignore", SAWarning)
            metadata.reflect(database.engine)
        database.close()
    kept = (table for table in metadata.tables.values() if not _is_alembic(table))
    return sorted(kept, key=lambda table: table.name)


def _is_alembic(table: Table) -> bool:
    return table.name.startswith("alembic")


def _diagram(tables: list[Table]) -> str:
    lines = [line for table in tables for line in _drawn(table)]
    return "\n".join(["```mermaid", "erDiagram", *lines, "```", ""])


def _drawn(table: Table) -> Iterator[str]:
    yield f"    {table.name} {{"
    for column in table.columns:
        kind = str(column.type).partition("(")[0].replace(" ", "-").lower()
        yield f"        {kind} {column.name} {','.join(_keys(table, column))}".rstrip()
    yield "    }"
    for key in sorted(table.foreign_key_constraints, key=lambda key: tuple(key.column_keys)):
        yield f"    {key.referred_table.name} ||--o{{ {table.name} : {'-'.join(key.column_keys)}"


def _keys(table: Table, column: Column[object]) -> Iterator[str]:
    if column.primary_key:
        yield "PK"
    if column.foreign_keys:
        yield "FK"
    alone = [
        {each.name for each in unique.columns}
        for unique in table.constraints
        if isinstance(unique, UniqueConstraint)
    ]
    if {column.name} in alone:
        yield "UK"
