"""Migrations run while the processes of the release before still serve: what those say to the
database must go on being understood.

Held against the tables as they are after each revision: nothing that an older statement names is
gone or of another type, and nothing that it does not name is demanded.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.local.postgres import PrivatePostgres
from shared.base.database import Database
from shared.bus.migrations import migrate, revisions

SERVICES = sorted(
    folder for folder in (Path(__file__).parents[1] / "services").iterdir() if folder.is_dir()
)
# What a later release takes away again, once no process uses it: "revision: table.column".
CONTRACTED: frozenset[str] = frozenset()
# A new rule that the release before keeps, and why: "revision: table".
KEPT = {
    # One role more is known; nobody gives a name a second time while a rollout lasts.
    "registration_0010: api_token",
}

Tables = dict[str, dict[str, Any]]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(
    request: pytest.FixtureRequest, tmp_path: Path, _names: Iterator[str]
) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database.open(f"sqlite:///{tmp_path}/empty.db")
        yield database
        database.close()
        return
    postgres: PrivatePostgres = request.getfixturevalue("postgres")
    name = next(_names)
    database = Database.open(postgres.create_database(name))
    yield database
    database.close()
    postgres.drop_database(name)


# SQLite's indexes on expressions are not looked at; PostgreSQL's are.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.parametrize("service", SERVICES, ids=lambda folder: folder.name)
def test_the_release_before_goes_on_working(empty: Database, service: Path) -> None:
    before: Tables = {}
    for revision in revisions(empty, service):
        migrate(empty, service, revision)
        after = tables(empty)
        assert [
            found
            for found in misunderstandings(before, after)
            if f"{revision}: {found.split(' ')[0]}" not in CONTRACTED | KEPT
        ] == [], revision
        before = after
    assert before


def tables(database: Database) -> Tables:
    """Columns and what rows must obey, by table."""
    inspector = sa.inspect(database.engine)
    return {
        table: {
            "columns": {column["name"]: column for column in inspector.get_columns(table)},
            "unique": {
                tuple(sorted(each["column_names"]))
                for each in inspector.get_unique_constraints(table)
            }
            | {
                tuple(sorted(map(str, each["column_names"])))
                for each in inspector.get_indexes(table)
                if each["unique"]
            },
            "checks": {each["sqltext"] for each in inspector.get_check_constraints(table)},
            "references": {
                tuple(each["constrained_columns"]) for each in inspector.get_foreign_keys(table)
            },
        }
        for table in inspector.get_table_names()
    }


def misunderstandings(before: Tables, after: Tables) -> list[str]:
    """What a process that knows the tables of `before` cannot do in those of `after`."""
    wrong = [f"{table} is gone" for table in before.keys() - after.keys()]
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        wrong += [f"{table}.{name} is gone" for name in old["columns"].keys() - new["columns"]]
        for name, column in new["columns"].items():
            known = old["columns"].get(name)
            if known is None:
                if not column["nullable"] and column["default"] is None:
                    wrong.append(f"{table}.{name} is new and must be given")
            elif str(known["type"]) != str(column["type"]):
                wrong.append(f"{table}.{name} has another type")
            elif known["nullable"] and not column["nullable"]:
                wrong.append(f"{table}.{name} must be given now")
        for rule in ("unique", "checks", "references"):
            wrong += [
                f"{table} has a new rule: {added}"
                for added in sorted(new[rule] - old[rule])
                if concerns_old_columns(added, set(old["columns"]), set(new["columns"]))
                and not (rule == "unique" and is_weaker(added, old["unique"]))
            ]
    return wrong


def concerns_old_columns(rule: Any, old: set[str], new: set[str]) -> bool:
    """A rule about new columns alone is nothing to whoever does not know them."""
    named = set(rule) if isinstance(rule, tuple) else {name for name in new if name in rule}
    return not named <= new - old


def is_weaker(rule: tuple[str, ...], old: set[tuple[str, ...]]) -> bool:
    """Whoever keeps (a) apart keeps (a, b) apart too."""
    return any(set(known) <= set(rule) for known in old)


def changed(change: Callable[[sa.MetaData], None]) -> list[str]:
    """What is misunderstood after a change of a small schema."""
    found = []
    for apply in (lambda _: None, change):
        schema = sa.MetaData()
        sa.Table(
            "person",
            schema,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("a", sa.String),
        )
        apply(schema)
        engine = sa.create_engine("sqlite://")
        schema.create_all(engine)
        found.append(tables(Database(engine)))
    return misunderstandings(*found)


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        (sa.Column("b", sa.String), []),
        (sa.Column("b", sa.String, nullable=False, server_default=""), []),
        (sa.Column("b", sa.String, nullable=False), ["person.b is new and must be given"]),
        (sa.Column("a", sa.String, nullable=False), ["person.a must be given now"]),
        (sa.Column("a", sa.Integer), ["person.a has another type"]),
        (sa.Column("a", sa.String, unique=True), ["person has a new rule: ('a',)"]),
        (sa.Column("b", sa.String, unique=True), []),
    ],
)
def test_what_the_release_before_would_not_understand_is_found(
    column: sa.Column[Any], wrong: list[str]
) -> None:
    def change(schema: sa.MetaData) -> None:
        schema.tables["person"].append_column(column, replace_existing=True)

    assert changed(change) == wrong
